package dev.cartd.store.space;

import dev.cartd.store.rows.CartRow;
import java.time.Instant;
import org.jdbi.v3.core.Handle;

/** Sets the time until which a cart is not evicted. */
final class KeepCart {
    private static final String SQL = "update cart set kept_until = :until where id = :cart and " + CartRow.LIVE;
    private static final String AT_LEAST = SQL + " and coalesce(kept_until, 0) < :until";
    private static final String IS_LIVE = "select count(*) from cart where id = :cart and " + CartRow.LIVE;

    private KeepCart() {}

    static boolean run(Handle handle, long cart, Instant until, boolean atLeast) {
        handle.createUpdate(atLeast ? AT_LEAST : SQL)
                .bind("cart", cart)
                .bind("until", until.toEpochMilli())
                .execute();
        return handle.createQuery(IS_LIVE).bind("cart", cart).mapTo(Long.class).one() == 1;
    }
}
