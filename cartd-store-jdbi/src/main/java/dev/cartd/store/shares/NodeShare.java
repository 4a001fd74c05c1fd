package dev.cartd.store.shares;

import dev.cartd.spi.RequestShares.Need;
import org.jdbi.v3.core.mapper.RowMapper;

/**
 * What a node has of the limit of requests.
 *
 * @param node its name
 * @param learned how many requests at once it has learned that the archive can take; 0 for nothing yet
 * @param wanted how many it would send if it were alone
 * @param allowed how many it may have out
 * @param held how many it may have out, or has still; others go by this
 * @param turnAt since when it may send, or waits until it may, in milliseconds since 1970
 */
record NodeShare(String node, int learned, int wanted, int allowed, int held, long turnAt) {
    /** How a row is read. */
    static final RowMapper<NodeShare> ROW = (row, context) -> new NodeShare(
            row.getString("node"),
            row.getInt("learned"),
            row.getInt("wanted"),
            row.getInt("allowed"),
            row.getInt("held"),
            row.getLong("turn_at"));

    /** A node that has just come, or that has been away for so long that it has nothing left. */
    static NodeShare waiting(String node, long now) {
        return new NodeShare(node, 0, 0, 0, 0, now);
    }

    /** It, as far as it can be true now: a turn of a time to come began before the clock went back. */
    NodeShare at(long now) {
        return turnAt <= now ? this : new NodeShare(node, learned, wanted, allowed, held, now);
    }

    /** It, with what it says now. */
    NodeShare with(Need need) {
        return new NodeShare(node, need.learned(), need.wanted(), allowed, need.out(), turnAt);
    }

    /** It, when it may have so many out. */
    NodeShare allowed(int count, long newTurnAt) {
        return new NodeShare(node, learned, wanted, count, Math.max(count, held), newTurnAt);
    }

    boolean waits() {
        return allowed == 0;
    }
}
