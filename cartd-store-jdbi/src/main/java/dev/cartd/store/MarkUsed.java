package dev.cartd.store;

import org.jdbi.v3.core.Handle;

/** Marks a live cart as used. */
final class MarkUsed {
    private static final String SQL = "update cart set " + Moment.USED + " where id = :cart and " + CartRow.LIVE;

    private MarkUsed() {}

    static int now(Handle handle, long cartId, Moment now) {
        return now.in(handle.createUpdate(SQL)).bind("cart", cartId).execute();
    }
}
