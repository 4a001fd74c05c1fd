package dev.cartd.store.carts;

import dev.cartd.cart.Cart;
import dev.cartd.store.rows.CartRow;
import dev.cartd.store.rows.Moment;
import dev.cartd.store.sql.Dialect;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Marks all live carts of a uid as deleted, and returns their ids. */
final class DeleteCarts {
    private static final String SQL =
            "update cart set " + Moment.DELETED + " where cart_uid = :uid and " + CartRow.LIVE;

    private DeleteCarts() {}

    static List<Long> run(Handle handle, Dialect dialect, String uid, Moment now) {
        dialect.lockUid(handle, uid);
        List<Long> ids = SelectCarts.ofUid(handle, uid).stream().map(Cart::id).toList();
        now.in(handle.createUpdate(SQL)).bind("uid", uid).execute();
        return ids;
    }
}
