package dev.cartd.store.carts;

import dev.cartd.store.rows.CartRow;
import org.jdbi.v3.core.Handle;

/** Records that a deleted cart has no files on the volume any more. */
final class MarkRemoved {
    private static final String SQL =
            "update cart set leftovers = 0, held = 0 where id = :cart and " + CartRow.LEFT_OVER;

    private static final String UNSHARE = "update file set share = null where cart_id = :cart and share is not null";

    private static final String LEFT = "select count(*) from cart where " + CartRow.LEFT_OVER;

    private MarkRemoved() {}

    static int run(Handle handle, long cartId) {
        handle.createUpdate(UNSHARE).bind("cart", cartId).execute();
        return handle.createUpdate(SQL).bind("cart", cartId).execute();
    }

    /** The number of deleted carts that may still have files on the volume. */
    static long countLeft(Handle handle) {
        return handle.createQuery(LEFT).mapTo(Long.class).one();
    }
}
