package dev.cartd.store.rows;

import org.jdbi.v3.core.Handle;

/** Records a use of a live cart. */
public final class MarkUsed {
    private static final String SQL = "update cart set " + Moment.USED + " where id = :cart and " + CartRow.LIVE;

    private MarkUsed() {}

    /**
     * Runs in the transaction of {@code handle}.
     *
     * @return 1, or 0 if the cart is not live
     */
    public static int run(Handle handle, long cartId, Moment now) {
        return now.in(handle.createUpdate(SQL)).bind("cart", cartId).execute();
    }
}
