package dev.cartd.store.shares;

import dev.cartd.spi.RequestShares;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Computes what a node's fair share is. Permits are dealt out one by one, in turn, to each node that wants one more,
 * until none is left. Where there are fewer permits than nodes, a node keeps its permit for two seconds; then the node
 * that has waited longest gets it.
 */
final class FairShares {
    private static final long TURN = Duration.ofSeconds(2).toMillis();

    private final List<NodeShare> others;
    private final NodeShare asking;
    private final long now;

    /** Among these nodes, of which one asks now. */
    FairShares(List<NodeShare> others, NodeShare asking, long now) {
        this.others = others;
        this.asking = asking;
        this.now = now;
    }

    /** The least that another node has learned; 0 if none has learned anything yet. */
    int learnedByOthers() {
        return others.isEmpty() ? RequestShares.ALL : least(others.stream());
    }

    /** What the node that asks has from now on: what is fair, as far as others have left it free. */
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
        return Math.max(1, least(nodes()));
    }

    private static int least(Stream<NodeShare> nodes) {
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

    /** Who is served first. */
    private enum Turn {
        HAS_IT,
        WAITS,
        HAD_IT
    }

    private Turn turn(NodeShare node) {
        if (node.waits()) {
            return Turn.WAITS;
        }
        return now - node.turnAt() < TURN ? Turn.HAS_IT : Turn.HAD_IT;
    }

    private NodeShare allowed(int count) {
        boolean changes = asking.waits() != (count == 0);
        return asking.allowed(count, changes ? now : asking.turnAt());
    }
}
