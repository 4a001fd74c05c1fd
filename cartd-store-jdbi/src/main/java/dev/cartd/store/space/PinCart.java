package dev.cartd.store.space;

import dev.cartd.spi.SpaceStore.Pin;
import dev.cartd.store.rows.CartRow;
import dev.cartd.store.rows.MarkUsed;
import dev.cartd.store.rows.Moment;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Pins a cart for the downloads of one process. Each pin also changes the cart's own row, which an eviction locks. */
final class PinCart {
    /** The SQL condition that a pin holds. Bind {@code :now} and {@code :latest}, see {@link Pin#latestEnd}. */
    static final String HOLDS = "pinned_until > :now and pinned_until <= :latest";

    private static final String READY =
            "select count(*) from cart where id = :cart and (" + CartRow.STATE + ") = 'ready'";
    private static final String PIN = """
            insert into cartpins (cart_id, node, downloads, pinned_until) values (:cart, :node, :downloads, :until)
            on conflict (cart_id, node) do update set downloads = :downloads, pinned_until = :until""";
    private static final String UNPIN = "delete from cartpins where cart_id = :cart and node = :node";
    private static final String ALL =
            "select cart_id, node, downloads, pinned_until from cartpins where " + HOLDS + " order by cart_id, node";

    private PinCart() {}

    static boolean run(Handle handle, String node, long cart, int downloads, Instant until, Moment now) {
        MarkUsed.run(handle, cart, now);
        boolean ready =
                handle.createQuery(READY).bind("cart", cart).mapTo(Long.class).one() == 1;
        handle.createUpdate(ready && downloads > 0 ? PIN : UNPIN)
                .bind("cart", cart)
                .bind("node", node)
                .bind("downloads", downloads)
                .bind("until", until.toEpochMilli())
                .execute();
        return ready;
    }

    static List<Pin> selectAll(Handle handle, Instant now) {
        return handle.createQuery(ALL)
                .bind("now", now.toEpochMilli())
                .bind("latest", Pin.latestEnd(now).toEpochMilli())
                .map((row, context) -> new Pin(
                        row.getLong("cart_id"),
                        CartRow.text(row, "node"),
                        row.getInt("downloads"),
                        Instant.ofEpochMilli(row.getLong("pinned_until"))))
                .list();
    }
}
