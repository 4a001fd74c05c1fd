package dev.cartd.store.shares;

import dev.cartd.spi.RequestShares;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Computes the fair share of one node. Permits for requests are dealt out in turns, one to each node that wants
 * another, until none is left. If there are fewer permits than nodes, a node keeps its permit for two seconds; then the
 * node that has waited longest gets it.
 */
final class FairShares {
    private static final long TURN = Duration.ofSeconds(2).toMillis();

    private final List<NodeShare> others;
    private final NodeShare asking;
    private final long now;

    /**
     * Shares the limit among {@code others} and {@code asking}.
     *
     * @param now milliseconds since 1970
     */
    FairShares(List<NodeShare> others, NodeShare asking, long now) {
        this.others = others;
        this.asking = asking;
        this.now = now;
    }

    /**
     * The smallest limit that another node has learned; 0 if none has learned any, {@link RequestShares#ALL} if there
     * is no other node.
     */
    int learnedByOthers() {
        return others.isEmpty() ? RequestShares.ALL : smallestLimit(others.stream());
    }

    /** The new share of the node that asks: its fair share, or as much of it as other nodes have left free. */
    NodeShare share() {
        if (others.isEmpty()) {
            return allowed(RequestShares.ALL);
        }
        long free = limit() - others.stream().mapToLong(NodeShare::held).sum();
        return allowed((int) Math.max(0, Math.min(fair(), free)));
    }

    private Stream<NodeShare> nodes() {
        return Stream.concat(others.stream(), Stream.of(asking));
    }

    private int limit() {
        return Math.max(1, smallestLimit(nodes()));
    }

    private static int smallestLimit(Stream<NodeShare> nodes) {
        return nodes.mapToInt(NodeShare::learned)
                .filter(learned -> learned > 0)
                .min()
                .orElse(0);
    }

    private int fair() {
        List<NodeShare> inTurn = nodes().sorted(Comparator.comparing(this::turn)
                        .thenComparingLong(NodeShare::turnAt)
                        .thenComparing(NodeShare::node))
                .toList();
        return (int) IntStream.range(0, limit())
                .boxed()
                .flatMap(round -> inTurn.stream().filter(node -> node.wanted() > round))
                .limit(limit())
                .filter(asking::equals)
                .count();
    }

    /** The order in which nodes get permits. */
    private enum Turn {
        KEEPS,
        WAITS,
        USED_UP
    }

    private Turn turn(NodeShare node) {
        if (node.waits()) {
            return Turn.WAITS;
        }
        return now - node.turnAt() < TURN ? Turn.KEEPS : Turn.USED_UP;
    }

    private NodeShare allowed(int count) {
        boolean changes = asking.waits() != (count == 0);
        return asking.allowed(count, changes ? now : asking.turnAt());
    }
}
