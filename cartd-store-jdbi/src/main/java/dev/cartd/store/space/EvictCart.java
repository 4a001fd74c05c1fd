package dev.cartd.store.space;

import dev.cartd.cart.CartStatus;
import dev.cartd.spi.Notice;
import dev.cartd.spi.SpaceStore.Pin;
import dev.cartd.store.rows.CartRow;
import dev.cartd.store.rows.Moment;
import dev.cartd.store.rows.RecordNotices;
import dev.cartd.store.sql.Dialect;
import dev.cartd.store.sql.NulFree;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Deletes a cart that is not in use, pinned or promised to be kept. It locks the cart's row, which a pin changes too,
 * so that an eviction and a pin run one after the other.
 */
final class EvictCart {
    private static final String READ = "select " + CartRow.USED + ", kept_until, " + CartRow.STATE
            + " as state from cart where id = :cart and ("
            + CartRow.STATE + ") in ('ready', 'error')";
    private static final String PINNED = "select count(*) from cartpins where cart_id = :cart and " + PinCart.HOLDS;
    private static final String DELETE = "update cart set error = :reason, " + Moment.DELETED + " where id = :cart";

    private EvictCart() {}

    static boolean run(
            Handle handle,
            Dialect dialect,
            RecordNotices notices,
            long cart,
            Instant used,
            String reason,
            Instant now) {
        Optional<String> unused = handle.createQuery(READ + dialect.forUpdate())
                .bind("cart", cart)
                .map((row, context) -> isUnused(row, used, now) ? CartRow.text(row, "state") : "")
                .findOne()
                .filter(state -> !state.isEmpty());
        boolean evicted = unused.isPresent()
                && !isPinned(handle, cart, now)
                && Moment.of(dialect, now)
                                .in(handle.createUpdate(DELETE))
                                .bind("cart", cart)
                                .bind("reason", NulFree.text(reason))
                                .execute()
                        == 1;
        // Of a cart in error nobody has anything: its end was told.
        if (evicted && unused.get().equals(CartStatus.READY.word())) {
            notices.run(handle, cart, Notice.Event.EVICTED, now);
        }
        return evicted;
    }

    private static boolean isUnused(ResultSet row, Instant used, Instant now) throws SQLException {
        return CartRow.used(row).equals(used)
                && CartRow.moment(row, "kept_until").filter(now::isBefore).isEmpty();
    }

    private static boolean isPinned(Handle handle, long cart, Instant now) {
        return handle.createQuery(PINNED)
                        .bind("cart", cart)
                        .bind("now", now.toEpochMilli())
                        .bind("latest", Pin.latestEnd(now).toEpochMilli())
                        .mapTo(Long.class)
                        .one()
                > 0;
    }
}
