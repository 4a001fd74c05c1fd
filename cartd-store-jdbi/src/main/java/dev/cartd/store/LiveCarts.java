package dev.cartd.store;

import dev.cartd.cart.Cart;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** The carts of a uid that are not deleted, newest first. */
final class LiveCarts {
    private static final String SQL =
            "select " + CartRow.COLUMNS + " from cart where cart_uid = :uid and " + CartRow.LIVE + " order by id desc";

    private LiveCarts() {}

    static List<Cart> of(Handle handle, String uid) {
        return handle.createQuery(SQL).bind("uid", uid).mapTo(Cart.class).list();
    }
}
