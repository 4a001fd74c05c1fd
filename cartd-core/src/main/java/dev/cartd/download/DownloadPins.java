package dev.cartd.download;

import dev.cartd.cart.CartException;
import dev.cartd.spi.SpaceStore;
import dev.cartd.system.Elapsed;
import dev.cartd.system.Timeline;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Counts the downloads of this process, and pins each cart that has one, so that no node evicts it. A pin is a lease
 * that is renewed while a download is open, so the pins of a process that died expire. The pin is recorded in the store
 * before the first byte of the first download of a cart. Further downloads are only counted here; so are those that
 * begin within a second after the last one ended, because a resumed download sends many requests and each pin is a
 * write to the database. Safe for use by many threads.
 */
public final class DownloadPins implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(DownloadPins.class.getName());
    private static final Duration RENEWAL_PERIOD = Duration.ofSeconds(20);
    private static final Duration CHECK_PERIOD = Duration.ofSeconds(1);
    private static final Duration LINGER = Duration.ofSeconds(1);

    private final SpaceStore store;
    private final Timeline timeline;
    private final Runnable freed;
    private final Elapsed renewed;

    /** The number of open downloads by cart; 0 while the pin lingers after the last one. */
    private final Map<Long, Integer> downloads = new HashMap<>();

    /** The carts with open downloads that the store has not said to be ready. */
    private final Set<Long> unpinned = new HashSet<>();

    private final ScheduledExecutorService renewals;

    /**
     * Starts with no downloads.
     *
     * @param freed runs, on a thread of this object, when the pin of a cart ends, so that the cart can be evicted
     */
    public DownloadPins(SpaceStore store, Timeline timeline, Runnable freed) {
        this.store = store;
        this.timeline = timeline;
        this.freed = freed;
        this.renewed = timeline.measure();
        this.renewals = timeline.threads("cartd-pins", 1);
        // Looks often: a lease also runs while the machine is suspended, which the delay of the executor does not
        // count.
        long period = CHECK_PERIOD.toMillis();
        Future<?> unused =
                renewals.scheduleWithFixedDelay(logged(this::renewIfDue), period, period, TimeUnit.MILLISECONDS);
    }

    /**
     * Begins a download of a cart: pins the cart until {@link #release}. If the store does not answer, the download
     * goes on, and a later renewal records the pin.
     *
     * @return whether the cart is still ready; if not, it is not pinned
     */
    public boolean pinReady(long cart) {
        boolean known;
        synchronized (this) {
            // That others hold it does not say that it is ready.
            known = downloads.containsKey(cart) && !unpinned.contains(cart);
            count(cart);
        }
        boolean ready = known || write(cart);
        if (!ready) {
            release(cart);
        }
        return ready;
    }

    /**
     * Begins a download of a cart that need not be ready, until {@link #release}. The cart is pinned now if it is
     * ready, otherwise by the first renewal after it became ready. Counts as a use of the cart.
     */
    void pinOnceReady(long cart) {
        boolean known;
        synchronized (this) {
            known = downloads.containsKey(cart);
            count(cart);
        }
        if (!known) {
            write(cart);
        }
    }

    /** Counts a download; until the store has said that the cart is ready, others ask for themselves. */
    private void count(long cart) {
        if (!downloads.containsKey(cart)) {
            unpinned.add(cart);
        }
        downloads.merge(cart, 1, Integer::sum);
    }

    /** Ends one download of a cart; the pin ends a second after the last one. */
    synchronized void release(long cart) {
        if (downloads.merge(cart, -1, Integer::sum) == 0 && !renewals.isShutdown()) {
            Future<?> unused = renewals.schedule(logged(() -> end(cart)), LINGER.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void end(long cart) {
        synchronized (this) {
            if (!downloads.remove(cart, 0)) {
                return;
            }
            unpinned.remove(cart);
        }
        write(cart);
        freed.run();
    }

    /** Records the pin. No download fails because that is not possible: the next renewal records it again. */
    private boolean write(long cart) {
        int open;
        synchronized (this) {
            open = downloads.getOrDefault(cart, 0);
        }
        try {
            boolean ready = store.pin(cart, open, timeline.instant().plus(SpaceStore.Pin.LEASE));
            if (ready) {
                pinned(cart);
            }
            return ready;
        } catch (CartException.Unavailable e) {
            LOG.log(System.Logger.Level.DEBUG, "the use of cart {0} is not recorded: {1}", Long.toString(cart), e);
            return true;
        }
    }

    private synchronized void pinned(long cart) {
        unpinned.remove(cart);
    }

    private void renewIfDue() {
        if (!renewed.reached(RENEWAL_PERIOD)) {
            return;
        }
        renewed.restart();
        List<Long> open;
        synchronized (this) {
            open = List.copyOf(downloads.keySet());
        }
        open.forEach(this::write);
    }

    /** Catches everything, since the executor drops a periodic task that throws. */
    private static Runnable logged(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "a pin could not be renewed or ended", e);
            }
        };
    }

    /** Ends all pins of this process. */
    @Override
    public void close() {
        renewals.shutdownNow();
        List<Long> open;
        synchronized (this) {
            open = List.copyOf(downloads.keySet());
            downloads.clear();
        }
        open.forEach(this::write);
    }
}
