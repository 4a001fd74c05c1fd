package dev.cartd.store.carts;

import dev.cartd.cart.Cart;
import dev.cartd.cart.Durability;
import dev.cartd.store.rows.CartRow;
import dev.cartd.store.rows.Moment;
import org.jdbi.v3.core.Handle;

/** Moves a cart that is ready or in error back to staging. */
final class RestageCart {
    private static final String CART = """
            update cart set status = 'staging', error = '', updated_date = :now, used_as = :now, used_at = :usedAt,
                boot = :unproven, reserved = 0, queued_at = null, wanted = null, overtaken = 0,
                waits = '',\s""" + CartRow.ENDED + """

            where id = :cart and epoch = :epoch and (\s""" + CartRow.STATE + ") = :from";
    private static final String FILES = """
            update file set status = 'waiting', error = '', size = null, mtime = null, online = :no, asked = null,
                tries = 0, share = null
            where cart_id = :cart and (status <> 'staged' or coalesce(size, -1) < 0)""";

    private RestageCart() {}

    static boolean run(Handle handle, Cart cart, Moment now) {
        int changed = now.in(handle.createUpdate(CART))
                .bind("unproven", Durability.UNPROVEN.text())
                .bind("cart", cart.id())
                .bind("epoch", cart.epoch())
                .bind("from", cart.status().word())
                .execute();
        if (changed == 1) {
            handle.createUpdate(FILES).bind("cart", cart.id()).bind("no", false).execute();
        }
        return changed == 1;
    }
}
