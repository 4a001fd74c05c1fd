package dev.cartd.store.carts;

import dev.cartd.store.rows.CartRow;
import dev.cartd.store.rows.Moment;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * Removes the rows of carts that were deleted long ago. Each cart is a transaction of its own, so that a large one does
 * not block others for long.
 */
final class ForgetCarts {
    private static final String OLD = "select id from cart where not (" + CartRow.LIVE + ") and leftovers = 0"
            + " and case when used_as = updated_date then used_at < :usedAt"
            + " else coalesce(deleted_date, updated_date) < :now end order by id";
    private static final List<String> ROWS = List.of(
            "delete from cartpins where cart_id = :cart",
            "delete from carttasks where cart_id = :cart",
            "delete from cartnotify where cart_id = :cart",
            "delete from file where cart_id = :cart",
            "delete from cartaccess where cart_uid in (select cart_uid from cart where id = :cart and leftovers = 0"
                    + " and not (" + CartRow.LIVE + "))"
                    + " and not exists (select 1 from cart c where c.cart_uid = cartaccess.cart_uid and c.id <> :cart)",
            "delete from cart where id = :cart and leftovers = 0 and not (" + CartRow.LIVE + ")");

    private static final String ADOPT =
            "update cart set leftovers = 1 where held > 0 and leftovers = 0 and not (" + CartRow.LIVE + ")";

    private ForgetCarts() {}

    /** Marks the carts that Pacifica Cartd deleted while they held room: cartd then removes their files. */
    static int adoptDeleted(Handle handle) {
        return handle.createUpdate(ADOPT).execute();
    }

    static List<Long> selectOld(Handle handle, Moment before) {
        return before.in(handle.createQuery(OLD)).mapTo(Long.class).list();
    }

    static int deleteOne(Handle handle, long cart) {
        int rows = 0;
        for (String sql : ROWS) {
            rows = handle.createUpdate(sql).bind("cart", cart).execute();
        }
        return rows;
    }
}
