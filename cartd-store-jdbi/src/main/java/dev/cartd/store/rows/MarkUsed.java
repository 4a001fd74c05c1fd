package dev.cartd.store.rows;

import org.jdbi.v3.core.Handle;

/** Marks a live cart as used. */
public final class MarkUsed {
    private static final String SQL = "update cart set " + Moment.USED + " where id = :cart and " + CartRow.LIVE;

    private MarkUsed() {}

    /** Answers how many carts that were: one, or none if it is not live. */
    public static int run(Handle handle, long cartId, Moment now) {
        return now.in(handle.createUpdate(SQL)).bind("cart", cartId).execute();
    }
}
