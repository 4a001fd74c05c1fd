package dev.cartd.store.shares;

import dev.cartd.spi.RequestShares;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.mapper.RowMapper;

/**
 * A row of {@code archivepermits}: what one node has of the limit of requests of one archive, and how much is fair.
 * Permits are dealt out in turns, one to each node that wants another, until none is left. If there are fewer permits
 * than nodes, a node keeps its permit for two seconds; then the node that has waited longest gets it.
 *
 * @param node the name of the node
 * @param learned the number of concurrent requests that the archive can take, as far as this node has learned; 0 if it
 *     has learned nothing yet
 * @param wanted the number of requests that it would send if it were alone
 * @param allowed the number of requests that it may send
 * @param counted {@code allowed}, or the number of requests still out if that is greater; other nodes subtract this
 *     from the limit
 * @param turnAt since when it may send requests, or has waited for that, in milliseconds since 1970
 */
record NodeShare(String node, int learned, int wanted, int allowed, int counted, long turnAt) {
    private static final long TURN_MILLIS = 2000;

    /** Maps a row; a turn that begins later than {@code now} was written before the clock was set back. */
    static RowMapper<NodeShare> row(long now) {
        return (row, context) -> new NodeShare(
                row.getString("node"),
                row.getInt("learned"),
                row.getInt("wanted"),
                row.getInt("allowed"),
                row.getInt("held"),
                Math.min(now, row.getLong("turn_at")));
    }

    /** The smallest limit that one of these nodes has learned; 0 if none has learned any. */
    static int smallestLimit(Stream<NodeShare> nodes) {
        return nodes.mapToInt(NodeShare::learned)
                .filter(learned -> learned > 0)
                .min()
                .orElse(0);
    }

    /** How many requests this node may have out: its fair share, or as much of it as the others have left free. */
    int fair(List<NodeShare> others, long now) {
        if (others.isEmpty()) {
            return RequestShares.ALL;
        }
        int limit = Math.max(1, smallestLimit(Stream.concat(others.stream(), Stream.of(this))));
        long free = limit - others.stream().mapToLong(NodeShare::counted).sum();
        long fair = IntStream.range(0, Math.min(limit, wanted))
                .filter(own -> own + dealtBefore(own, others, now) < limit)
                .count();
        return (int) Math.max(0, Math.min(fair, free));
    }

    /** How many permits the others were dealt when this node, which has {@code own}, is dealt its next one. */
    private int dealtBefore(int own, List<NodeShare> others, long now) {
        Comparator<NodeShare> inTurn = Comparator.comparing((NodeShare each) -> each.turn(now))
                .thenComparingLong(NodeShare::turnAt)
                .thenComparing(NodeShare::node);
        return others.stream()
                .mapToInt(other -> Math.min(other.wanted, inTurn.compare(other, this) < 0 ? own + 1 : own))
                .sum();
    }

    /** The order in which nodes are dealt permits. */
    private enum Turn {
        KEEPS,
        WAITS,
        USED_UP
    }

    private Turn turn(long now) {
        return allowed == 0 ? Turn.WAITS : now - turnAt < TURN_MILLIS ? Turn.KEEPS : Turn.USED_UP;
    }
}
