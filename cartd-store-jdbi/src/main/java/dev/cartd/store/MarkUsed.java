package dev.cartd.store;

import org.jdbi.v3.core.Handle;

/** Marks a live cart as used. */
final class MarkUsed {
    private static final String SQL = "update cart set updated_date = :now where id = :cart and " + CartRow.LIVE;

    private MarkUsed() {}

    static int now(Handle handle, long cartId, Object now) {
        return handle.createUpdate(SQL).bind("cart", cartId).bind("now", now).execute();
    }
}
