package dev.cartd.server.events;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.server.carts.Carts;
import dev.cartd.server.http.Exchange;
import dev.cartd.server.http.Problems;
import dev.cartd.server.http.Refused;
import dev.cartd.server.view.CartDocument;
import dev.cartd.system.Timeline;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All listeners. One thread reads each watched cart once in a period, however many listen to it, and never waits for a
 * client. Safe for use by many threads.
 */
public final class Watch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);
    private static final int HEARTBEAT_PERIODS = 15;

    private final Carts carts;
    private final CartDocument document;
    private final Semaphore places;
    private final Map<String, Set<Listener>> listeners = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(Timeline.daemons("cartd-events", false));

    /**
     * Watches these carts, and shows them as {@code document} does.
     *
     * @param most how many listeners there can be at once
     * @param period how long to wait between two looks at a cart
     */
    public Watch(Carts carts, CartDocument document, int most, Duration period) {
        this.carts = carts;
        this.document = document;
        this.places = new Semaphore(most);
        var unused =
                timer.scheduleWithFixedDelay(this::look, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * The cart of a uid as an event; empty if the store does not know any.
     *
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    Optional<Event> now(String uid) {
        Optional<Cart> cart = carts.status(uid);
        if (cart.isPresent()) {
            return cart.map(live -> Event.of(document.of(live), !live.status().inWork()));
        }
        return carts.details().deleted(uid).map(gone -> Event.of(document.gone(gone), true));
    }

    /**
     * Has a client hear of a cart, from this event on.
     *
     * @param seen the id of the last event that the client has seen; empty for none
     * @return completes when the response has ended
     * @throws Refused with 503 if there are too many listeners, or the server is stopping
     */
    CompletableFuture<Void> listen(Exchange exchange, String uid, String seen, Event first) throws IOException {
        // Made before it has a place, since that may fail.
        Listener listener = new Listener(exchange, seen, gone -> remove(uid, gone));
        if (!places.tryAcquire()) {
            throw refused();
        }
        add(uid, listener);
        // Looked at after it was added: either this sees the end, or the end sees the listener.
        if (timer.isShutdown()) {
            remove(uid, listener);
            throw refused();
        }
        listener.hear(first);
        listener.begin();
        return listener.over();
    }

    private static Refused refused() {
        return new Refused(
                HttpStatus.SERVICE_UNAVAILABLE_503,
                "Too many clients listen to carts, ask for the cart itself instead.",
                Map.of(Problems.RETRY_AFTER, "30"));
    }

    private void add(String uid, Listener listener) {
        listeners.compute(uid, (same, others) -> {
            Set<Listener> all = others == null ? ConcurrentHashMap.newKeySet() : others;
            all.add(listener);
            return all;
        });
    }

    private void remove(String uid, Listener listener) {
        listeners.computeIfPresent(uid, (same, all) -> {
            if (all.remove(listener)) {
                places.release();
            }
            return all.isEmpty() ? null : all;
        });
    }

    private void look() {
        try {
            listeners.forEach(this::look);
        } catch (RuntimeException | Error e) {
            // A periodic task that throws is never run again.
            LOG.error("carts cannot be watched", e);
        }
    }

    private void look(String uid, Set<Listener> all) {
        try {
            // A cart that is gone without a trace has no event: its listeners are told so when they come again.
            now(uid).ifPresentOrElse(event -> all.forEach(one -> one.hear(event)), () -> all.forEach(Listener::end));
        } catch (CartException.Unavailable e) {
            LOG.debug("a cart cannot be watched now: {}", e.getMessage());
        }
        all.forEach(one -> one.keepAlive(HEARTBEAT_PERIODS));
    }

    /** Ends all responses; clients come again, to another node or after a restart. */
    @Override
    public void close() {
        timer.shutdownNow();
        listeners.values().forEach(all -> all.forEach(Listener::end));
    }
}
