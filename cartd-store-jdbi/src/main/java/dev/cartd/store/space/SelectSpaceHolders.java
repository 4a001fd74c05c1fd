package dev.cartd.store.space;

import dev.cartd.cart.CartStatus;
import dev.cartd.spi.SpaceStore.Holder;
import dev.cartd.spi.SpaceStore.Pin;
import dev.cartd.store.rows.CartRow;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Reads all carts that hold room on the volume or have reserved some, and all that are ready or in error. */
final class SelectSpaceHolders {
    private static final String SQL = "select id, cart_uid, " + CartRow.USED + ", " + CartRow.STATE + """
             as state, coalesce(held, 0) as held, reserved, kept_until,
            (select max(pinned_until) from cartpins
                where cartpins.cart_id = cart.id and\s"""
            + PinCart.HOLDS + """
            ) as pinned_until
            from cart
            where held > 0 or reserved > 0 or (status in ('ready', 'error') and\s""" + CartRow.LIVE + ") order by id";

    private SelectSpaceHolders() {}

    static List<Holder> run(Handle handle, Instant now) {
        return handle.createQuery(SQL)
                .bind("now", now.toEpochMilli())
                .bind("latest", Pin.latestEnd(now).toEpochMilli())
                .map((row, context) -> new Holder(
                        row.getLong("id"),
                        CartRow.text(row, "cart_uid"),
                        CartStatus.of(row.getString("state")),
                        row.getLong("held"),
                        row.getLong("reserved"),
                        CartRow.used(row),
                        CartRow.moment(row, "kept_until"),
                        CartRow.moment(row, "pinned_until")))
                .list();
    }
}
