package dev.cartd.store.carts;

import dev.cartd.cart.Cart;
import dev.cartd.store.rows.CartRow;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Reads live carts, newest first, of one uid or of all; or the carts that were deleted last, of one uid or of all. */
final class SelectCarts {
    private static final String SQL =
            "select " + CartRow.COLUMNS + " from cart where cart_uid = :uid and " + CartRow.LIVE + " order by id desc";

    private static final String PAGE = "select " + CartRow.COLUMNS + " from cart where id < :below and " + CartRow.LIVE
            + " order by id desc limit :most";

    private static final String DELETED = "select " + CartRow.COLUMNS + " from cart where not (" + CartRow.LIVE
            + ") order by coalesce(deleted_date, updated_date) desc, id desc limit :most";

    private static final String LAST_DELETED =
            "select " + CartRow.COLUMNS + " from cart where cart_uid = :uid and not (" + CartRow.LIVE
                    + ") order by coalesce(deleted_date, updated_date) desc, id desc limit 1";

    private SelectCarts() {}

    static Optional<Cart> lastDeleted(Handle handle, String uid) {
        return handle.createQuery(LAST_DELETED)
                .bind("uid", uid)
                .map(new CartRow())
                .findOne();
    }

    static List<Cart> ofUid(Handle handle, String uid) {
        return handle.createQuery(SQL).bind("uid", uid).map(new CartRow()).list();
    }

    static List<Cart> deleted(Handle handle, int most) {
        return handle.createQuery(DELETED).bind("most", most).map(new CartRow()).list();
    }

    static List<Cart> below(Handle handle, long below, int most) {
        return handle.createQuery(PAGE)
                .bind("below", below)
                .bind("most", most)
                .map(new CartRow())
                .list();
    }
}
