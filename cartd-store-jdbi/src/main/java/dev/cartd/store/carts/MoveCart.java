package dev.cartd.store.carts;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartStatus;
import dev.cartd.store.rows.CartRow;
import dev.cartd.store.rows.Moment;
import dev.cartd.store.sql.Dialect;
import dev.cartd.store.sql.LocalTimeText;
import dev.cartd.store.sql.NulFree;
import java.time.Instant;
import org.jdbi.v3.core.Handle;

/** Moves a cart to another state, if its state and epoch are still those of {@code cart}. */
final class MoveCart {
    private static final String SQL = """
            update cart set status = :next, error = :reason, updated_date = :now, used_as = :now,
                used_at = :usedAt,
                bundle_path = case when :path = '' then bundle_path else :path end,
                ready_local = case when ready_at is null then :readyLocal else ready_local end,
                ready_at = coalesce(ready_at, :readyAt),
                deleted_date = coalesce(:deleted, deleted_date),
                leftovers = case when :next = 'deleted' then 1 else leftovers end,
                reserved = case when :next in ('waiting', 'staging', 'bundling')
                    then reserved else 0 end,\s""" + CartRow.ENDED + """

            where id = :cart and epoch = :epoch and (\s""" + CartRow.STATE + ") = :from";

    private MoveCart() {}

    static boolean run(
            Handle handle, Dialect dialect, Cart cart, CartStatus next, String reason, String bundlePath, Instant now) {
        return Moment.of(dialect, now)
                        .in(handle.createUpdate(SQL))
                        .bind("next", next.word())
                        .bind("reason", NulFree.text(reason))
                        .bind("path", bundlePath)
                        .bind("readyAt", next == CartStatus.READY ? now.toEpochMilli() : null)
                        .bind("readyLocal", next == CartStatus.READY ? LocalTimeText.format(now) : null)
                        .bind("deleted", next == CartStatus.DELETED ? dialect.moment(now) : null)
                        .bind("cart", cart.id())
                        .bind("epoch", cart.epoch())
                        .bind("from", cart.status().word())
                        .execute()
                == 1;
    }
}
