package dev.cartd.store;

import dev.cartd.cart.Cart;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** What carts take of which nobody ever told: those of the original. */
final class MeasureCart {
    private static final String MISSING = "held is null and status in ('ready', 'error') and " + CartRow.LIVE;
    private static final String READ = "select " + CartRow.COLUMNS + " from cart where " + MISSING + " order by id";
    private static final String WRITE = "update cart set held = :bytes where id = :cart and " + MISSING;

    private MeasureCart() {}

    static List<Cart> missing(Handle handle) {
        return handle.createQuery(READ).mapTo(Cart.class).list();
    }

    static int of(Handle handle, long cart, long bytes) {
        return handle.createUpdate(WRITE)
                .bind("bytes", bytes)
                .bind("cart", cart)
                .execute();
    }
}
