package dev.cartd.store.notices;

import dev.cartd.cart.CartStatus;
import dev.cartd.spi.Notice;
import dev.cartd.spi.Notices;
import dev.cartd.store.rows.CartRow;
import dev.cartd.store.rows.RecordNotices;
import dev.cartd.store.sql.Dialect;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Records that a URL wants to be told about a cart. It locks the cart's row first: so a cart that ends at the same time
 * either finds the URL, or is found to have ended.
 */
final class TellUrl {
    private static final String STATE = "select " + CartRow.STATE + " as state from cart where id = :cart";
    private static final String OTHERS = "select count(*) from cartnotify where cart_id = :cart and url <> :url";
    private static final String INSERT =
            "insert into cartnotify (cart_id, url) values (:cart, :url) on conflict (cart_id, url) do nothing";

    /** A client that polls by POST asks again and again: one notice that is on its way is enough. */
    private static final String WAITING = "select count(*) from cartnotice where cart_id = :cart and receiver = :url"
            + " and event = :event and due_at is not null";

    private TellUrl() {}

    static boolean run(Handle handle, Dialect dialect, long cart, String url, Instant now) {
        Optional<CartStatus> state = handle.createQuery(STATE + dialect.forUpdate())
                .bind("cart", cart)
                .mapTo(String.class)
                .findOne()
                .map(CartStatus::of);
        int others = handle.createQuery(OTHERS)
                .bind("cart", cart)
                .bind("url", url)
                .mapTo(Integer.class)
                .one();
        if (others >= Notices.MOST_URLS) {
            return false;
        }
        handle.createUpdate(INSERT).bind("cart", cart).bind("url", url).execute();
        state.flatMap(TellUrl::event)
                .filter(event -> !waits(handle, cart, event, url))
                .ifPresent(event -> RecordNotices.run(handle, cart, event, url, now));
        return true;
    }

    private static boolean waits(Handle handle, long cart, Notice.Event event, String url) {
        return handle.createQuery(WAITING)
                        .bind("cart", cart)
                        .bind("url", url)
                        .bind("event", event.word())
                        .mapTo(Integer.class)
                        .one()
                > 0;
    }

    private static Optional<Notice.Event> event(CartStatus state) {
        return state == CartStatus.DELETED ? Optional.of(Notice.Event.EVICTED) : RecordNotices.event(state);
    }
}
