package dev.cartd.store.shares;

import dev.cartd.spi.RequestShares.Need;
import org.jdbi.v3.core.mapper.RowMapper;

/**
 * The share of one node of the limit of concurrent archive requests.
 *
 * @param node the name of the node
 * @param learned the number of concurrent requests that the archive can take, as far as this node has learned; 0 if it
 *     has learned nothing yet
 * @param wanted the number of requests that it would send if it were alone
 * @param allowed the number of requests that it may have under way
 * @param held {@code allowed}, or the number of requests still under way if that is greater; other nodes subtract this
 *     from the limit
 * @param turnAt the time when it was first allowed to send or began to wait, in milliseconds since 1970
 */
record NodeShare(String node, int learned, int wanted, int allowed, int held, long turnAt) {
    /** Maps a row of {@code archiveshares}. */
    static final RowMapper<NodeShare> ROW = (row, context) -> new NodeShare(
            row.getString("node"),
            row.getInt("learned"),
            row.getInt("wanted"),
            row.getInt("allowed"),
            row.getInt("held"),
            row.getLong("turn_at"));

    /** The share of a node that is new, or whose lease ended. */
    static NodeShare waiting(String node, long now) {
        return new NodeShare(node, 0, 0, 0, 0, now);
    }

    /** This share with {@code turnAt} not after {@code now}; it can be after if the clock was set back. */
    NodeShare at(long now) {
        return turnAt <= now ? this : new NodeShare(node, learned, wanted, allowed, held, now);
    }

    /** This share with the numbers that the node asks with. */
    NodeShare with(Need need) {
        return new NodeShare(node, need.learned(), need.wanted(), allowed, need.out(), turnAt);
    }

    /** This share with {@code count} allowed requests. */
    NodeShare allowed(int count, long newTurnAt) {
        return new NodeShare(node, learned, wanted, count, Math.max(count, held), newTurnAt);
    }

    boolean waits() {
        return allowed == 0;
    }
}
