package dev.cartd.store.space;

import dev.cartd.cart.CartStatus;
import dev.cartd.store.rows.CartRow;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Sums up the carts of each state, in one query over all of them. */
public final class SumUpCarts {
    private static final String SQL = "select state, count(*) as carts, sum(held) as held, sum(unfilled) as unfilled,"
            + " min(created_at) as oldest, count(queued_at) as queued, min(queued_at) as queued_since from (select "
            + CartRow.STATE + """
             as state, coalesce(held, 0) as held,
            case when reserved > coalesce(held, 0) then reserved - coalesce(held, 0) else 0 end as unfilled,
            created_at, queued_at from cart) as carts group by state""";

    /**
     * The carts of one state.
     *
     * @param held the bytes that they hold on the volume
     * @param unfilled the bytes that they have reserved and do not hold
     * @param oldestMicros when the oldest was made, in microseconds since 1970; 0 if that is not known
     * @param queued how many have a place in the room queue
     * @param queuedMillis since when the first of these has, in milliseconds since 1970; 0 if none has
     */
    public record Sum(
            CartStatus status,
            long carts,
            long held,
            long unfilled,
            long oldestMicros,
            long queued,
            long queuedMillis) {}

    private SumUpCarts() {}

    /** The sums of all states in which there are carts, deleted ones that the database still has included. */
    public static List<Sum> run(Handle handle) {
        return handle.createQuery(SQL)
                .map((row, context) -> new Sum(
                        CartStatus.of(row.getString("state")),
                        row.getLong("carts"),
                        row.getLong("held"),
                        row.getLong("unfilled"),
                        row.getLong("oldest"),
                        row.getLong("queued"),
                        row.getLong("queued_since")))
                .list();
    }

    /** The shared bytes that no cart holds any more, but that count as used. */
    public static long inherited(Handle handle) {
        return SelectSharing.sumInherited(handle);
    }
}
