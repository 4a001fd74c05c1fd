package dev.cartd.download;

import dev.cartd.cart.CartException;
import dev.cartd.spi.SpaceStore;
import dev.cartd.system.Elapsed;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The downloads of this process: as long as a cart has one it is pinned, so that no node evicts it. A pin is a lease
 * that is renewed while a download is open: what a process had pinned that died is free after it. The first download of
 * a cart is written down before a byte of it is sent; the others are only counted here, and so are those that come
 * within a second after the last, since a resumed download asks often and each pin is a write.
 */
public final class DownloadPins implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(DownloadPins.class.getName());
    private static final Duration RENEWAL = Duration.ofSeconds(20);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration LINGER = Duration.ofSeconds(1);

    private final SpaceStore store;
    private final InstantSource clock;
    private final Runnable freed;
    private final Elapsed renewed;

    /** How many downloads of a cart are open; none while its pin lingers. */
    private final Map<Long, Integer> downloads = new HashMap<>();

    private final ScheduledThreadPoolExecutor renewals = new ScheduledThreadPoolExecutor(1, DownloadPins::daemon);

    /**
     * The downloads of a process that has none yet.
     *
     * @param freed is run when a cart has none any more, and may go for another that waits for room
     */
    public DownloadPins(SpaceStore store, InstantSource clock, Runnable freed) {
        this.store = store;
        this.clock = clock;
        this.freed = freed;
        this.renewed = new Elapsed(clock);
        // Often, since the time in which the machine was suspended counts, and does not for the thread.
        long period = LOOK.toMillis();
        Future<?> unused =
                renewals.scheduleWithFixedDelay(logged(this::renewIfDue), period, period, TimeUnit.MILLISECONDS);
    }

    /**
     * Pins a cart until {@link #release}.
     *
     * @return whether it was still ready; if not, nothing is pinned
     */
    public boolean take(long cart) {
        boolean known;
        synchronized (this) {
            known = downloads.containsKey(cart);
            downloads.merge(cart, 1, Integer::sum);
        }
        boolean ready = known || write(cart);
        if (!ready) {
            release(cart);
        }
        return ready;
    }

    /** Ends one download. */
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
        }
        write(cart);
        freed.run();
    }

    /**
     * No download fails because its use could not be written down; a pin that is missing is made by the next renewal.
     */
    private boolean write(long cart) {
        int open;
        synchronized (this) {
            open = downloads.getOrDefault(cart, 0);
        }
        try {
            return store.pin(cart, open, clock.instant().plus(SpaceStore.Pin.LEASE));
        } catch (CartException.Unavailable e) {
            LOG.log(System.Logger.Level.DEBUG, "the use of cart {0} is not recorded: {1}", Long.toString(cart), e);
            return true;
        }
    }

    private void renewIfDue() {
        if (!renewed.reached(RENEWAL)) {
            return;
        }
        renewed.restart();
        List<Long> open;
        synchronized (this) {
            open = List.copyOf(downloads.keySet());
        }
        open.forEach(this::write);
    }

    /** One that fails must not be the last. */
    private static Runnable logged(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "pins are not as they should be", e);
            }
        };
    }

    /** Gives back what still lingers. */
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

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "cartd-pins");
        thread.setDaemon(true);
        return thread;
    }
}
