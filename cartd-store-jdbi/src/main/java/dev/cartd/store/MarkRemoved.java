package dev.cartd.store;

import org.jdbi.v3.core.Handle;

/** Remembers that nothing of a deleted cart is left on the volume. */
final class MarkRemoved {
    private static final String SQL = "update cart set leftovers = 0 where id = :cart and " + CartRow.LEFT_OVER;

    private MarkRemoved() {}

    static int of(Handle handle, long cartId) {
        return handle.createUpdate(SQL).bind("cart", cartId).execute();
    }
}
