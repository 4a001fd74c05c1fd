package dev.cartd.store.carts;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartStatus;
import dev.cartd.store.rows.CartRow;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** A claimed cart as it is now, if the claim still holds: nobody claimed it again or deleted it since. */
final class ClaimCheck {
    /** True for the row of a claim that holds; see {@link #deleted}. */
    static final String HOLDS = "id = :cart and epoch = :epoch and (" + CartRow.LIVE + ") <> :deleted";

    private static final String SQL = "select " + CartRow.COLUMNS + " from cart where " + HOLDS;

    private ClaimCheck() {}

    static Optional<Cart> run(Handle handle, Cart claim) {
        return handle.createQuery(SQL)
                .bind("cart", claim.id())
                .bind("epoch", claim.epoch())
                .bind("deleted", deleted(claim))
                .map(new CartRow())
                .findOne();
    }

    /** A deleted cart is claimed to be removed: that claim does not end because it is deleted. */
    static boolean deleted(Cart claim) {
        return claim.status() == CartStatus.DELETED;
    }
}
