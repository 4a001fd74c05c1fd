package dev.cartd.store.rows;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartStatus;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Reads a claimed cart as it is now; empty if the claim does not hold any more, because the cart was claimed again or
 * deleted.
 */
public final class ClaimCheck {
    /** The SQL condition that a claim holds. Bind {@code :cart}, {@code :epoch} and {@link #deleted}. */
    static final String HOLDS = "id = :cart and epoch = :epoch and (" + CartRow.LIVE + ") <> :deleted";

    private static final String SQL = "select " + CartRow.COLUMNS + " from cart where " + HOLDS;

    private ClaimCheck() {}

    /** The cart as it is now; empty if the claim does not hold any more. */
    public static Optional<Cart> run(Handle handle, Cart claim) {
        return handle.createQuery(SQL)
                .bind("cart", claim.id())
                .bind("epoch", claim.epoch())
                .bind("deleted", deleted(claim))
                .map(new CartRow())
                .findOne();
    }

    /** Whether the claim is for removing a deleted cart: such a claim does not end because the cart is deleted. */
    static boolean deleted(Cart claim) {
        return claim.status() == CartStatus.DELETED;
    }
}
