package dev.cartd.store;

import dev.cartd.spi.SpaceStore.Pin;
import dev.cartd.store.sql.Dialect;
import dev.cartd.store.sql.NulFree;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jdbi.v3.core.Handle;

/** Deletes a cart that nobody uses or was promised. Whoever pins it meanwhile waits for the row, or is waited for. */
record EvictCart(Handle handle, Dialect dialect, Instant now) {
    private static final String READ = "select " + CartRow.USED + ", kept_until from cart where id = :cart and ("
            + CartRow.STATE + ") in ('ready', 'error')";
    private static final String PINNED = "select count(*) from cartpins where cart_id = :cart and " + PinCart.HOLDS;
    private static final String DELETE = """
            update cart set status = 'deleted', error = :reason, deleted_date = :now, updated_date = :now, used_as = :now,
                used_at = :usedAt, leftovers = 1, reserved = 0,\s""" + CartRow.ENDED + """

            where id = :cart""";

    boolean of(long cart, Instant used, String reason) {
        boolean mayGo = handle.createQuery(READ + dialect.forUpdate())
                .bind("cart", cart)
                .map((row, context) -> isUnused(row, used))
                .findOne()
                .orElse(false);
        return mayGo
                && !isPinned(cart)
                && Moment.of(dialect, now)
                                .in(handle.createUpdate(DELETE))
                                .bind("cart", cart)
                                .bind("reason", NulFree.text(reason))
                                .execute()
                        == 1;
    }

    private boolean isUnused(ResultSet row, Instant used) throws SQLException {
        return CartRow.used(row).equals(used)
                && CartRow.moment(row, "kept_until").filter(now::isBefore).isEmpty();
    }

    private boolean isPinned(long cart) {
        return handle.createQuery(PINNED)
                        .bind("cart", cart)
                        .bind("now", now.toEpochMilli())
                        .bind("latest", Pin.latestEnd(now).toEpochMilli())
                        .mapTo(Long.class)
                        .one()
                > 0;
    }
}
