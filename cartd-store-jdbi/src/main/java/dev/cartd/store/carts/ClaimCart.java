package dev.cartd.store.carts;

import dev.cartd.cart.Cart;
import dev.cartd.cart.Durability;
import dev.cartd.cart.Standstill;
import dev.cartd.store.rows.CartRow;
import dev.cartd.store.rows.Moment;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Claims a cart that is in work, or is deleted and not removed: raises its epoch. The first claim counts as a change of
 * the cart, so that the deadlines of a cart that Pacifica Cartd left in work begin with it. Such a cart has no content
 * digest; its staged files are checked again, and one that was being bundled goes back to staging.
 */
final class ClaimCart {
    /** The working time since the last claim, in milliseconds; the same as in {@code Standstill.count}. */
    private static final String GAP = """
            (case when counted_at is null or counted_at = 0 or counted_at > :millis then 0
                when :millis - counted_at > :gap then :gap else :millis - counted_at end)""";

    private static final String RAISE = """
            update cart set epoch = epoch + 1,
                stalled = stalled + %1$s, waited = waited + %1$s, counted_at = :millis,
                updated_date = case when status = 'waiting' or epoch = 0 then :now else updated_date end,
                used_as = case when status = 'waiting' or epoch = 0 then :now else used_as end,
                used_at = case when status = 'waiting' or epoch = 0 then :usedAt else used_at end,
                boot = case when epoch = 0 and content is null then :unproven else boot end,
                status = case when status = 'waiting' or (status = 'bundling' and epoch = 0) then 'staging'
                    else status end
            where id = :cart and ((%2$s) or (%3$s))
            returning %4$s""".formatted(GAP, CartRow.IN_WORK, CartRow.LEFT_OVER, CartRow.COLUMNS);

    private ClaimCart() {}

    static Optional<Cart> run(Handle handle, long cartId, Moment now, long millis) {
        return now.in(handle.createQuery(RAISE))
                .bind("cart", cartId)
                .bind("millis", millis)
                .bind("gap", Standstill.GAP.toMillis())
                .bind("unproven", Durability.UNPROVEN.text())
                .map(new CartRow())
                .findOne();
    }
}
