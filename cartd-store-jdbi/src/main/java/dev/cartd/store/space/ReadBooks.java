package dev.cartd.store.space;

import dev.cartd.spi.SpaceStore.Books;
import dev.cartd.spi.SpaceStore.Waiting;
import dev.cartd.store.rows.CartRow;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Reads the books of the volume as one cart sees them. */
final class ReadBooks {
    /**
     * The condition that a cart is in work, written so that the database uses no index for it: the index of the carts
     * that have or wait for room is the better one, since few carts in work do.
     */
    private static final String WORKS = "(" + CartRow.STATE + ") in ('waiting', 'staging', 'bundling')";

    private static final String USED = "select coalesce(sum(held), 0) from cart where held > 0";
    private static final String PROMISED = """
            select coalesce(sum(reserved - coalesce(held, 0)), 0) from cart
            where reserved > 0 and reserved > coalesce(held, 0) and id <> :cart and\s""" + WORKS;
    private static final String ROOM_QUEUE = "select id, cart_uid, queued_at, wanted, overtaken from cart"
            + " where queued_at is not null and " + WORKS + " order by queued_at, id";

    private ReadBooks() {}

    static Books run(Handle handle, long cart, long own, boolean limited) {
        // Promises are read first: bytes that another cart pulls between the two queries are counted twice, which is
        // safe, and not missed.
        long promised = handle.createQuery(PROMISED)
                .bind("cart", cart)
                .mapTo(Long.class)
                .one();
        long used = limited ? handle.createQuery(USED).mapTo(Long.class).one() + SelectSharing.sumInherited(handle) : 0;
        return new Books(used, promised, own, readQueue(handle));
    }

    /** The room queue, first come first. */
    static List<Waiting> readQueue(Handle handle) {
        return handle.createQuery(ROOM_QUEUE)
                .map((row, context) -> new Waiting(
                        row.getLong("id"),
                        CartRow.text(row, "cart_uid"),
                        Instant.ofEpochMilli(row.getLong("queued_at")),
                        row.getLong("wanted"),
                        row.getInt("overtaken")))
                .list();
    }
}
