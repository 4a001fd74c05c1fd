package dev.cartd.store.space;

import dev.cartd.spi.SpaceStore.Books;
import dev.cartd.spi.SpaceStore.Waiting;
import dev.cartd.store.rows.CartRow;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Reads the books of the volume as one cart sees them. */
final class ReadBooks {
    private static final String USED = "select coalesce(sum(held), 0) from cart where held > 0";
    private static final String PROMISED = """
            select coalesce(sum(reserved - coalesce(held, 0)), 0) from cart
            where id <> :cart and reserved > coalesce(held, 0) and\s""" + CartRow.IN_WORK;
    private static final String LINE = "select id, cart_uid, queued_at, wanted, overtaken from cart"
            + " where queued_at is not null and " + CartRow.IN_WORK + " order by queued_at, id";

    private ReadBooks() {}

    static Books run(Handle handle, long cart, long own) {
        // Promises are read first: bytes that another cart pulls between the two queries are counted twice, which is
        // safe, and not missed.
        long promised = handle.createQuery(PROMISED)
                .bind("cart", cart)
                .mapTo(Long.class)
                .one();
        long used = handle.createQuery(USED).mapTo(Long.class).one() + SelectSharing.sumInherited(handle);
        return new Books(used, promised, own, readLine(handle));
    }

    /** The carts that wait for room, those that came first at the beginning. */
    static List<Waiting> readLine(Handle handle) {
        return handle.createQuery(LINE)
                .map((row, context) -> new Waiting(
                        row.getLong("id"),
                        CartRow.text(row, "cart_uid"),
                        Instant.ofEpochMilli(row.getLong("queued_at")),
                        row.getLong("wanted"),
                        row.getInt("overtaken")))
                .list();
    }
}
