package dev.cartd.upkeep;

import dev.cartd.cart.CartException;
import dev.cartd.cart.FailureText;
import dev.cartd.space.Space;
import dev.cartd.spi.CartStore;
import dev.cartd.system.Timeline;
import dev.cartd.volume.VolumeNotThere;
import dev.cartd.volume.VolumeWatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;

/**
 * Periodic work, on a thread of its own: every five seconds it evicts carts if the volume is filled above the high
 * mark; every hour it checks the volume, removes old stray directories and forgets carts that were deleted long ago.
 * Each node does all of this: to do it twice is harmless.
 */
public final class Housekeeping implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Housekeeping.class.getName());
    private static final Duration EVICTION_PERIOD = Duration.ofSeconds(5);
    private static final Duration CHECK_PERIOD = Duration.ofHours(1);

    private final CartStore store;
    private final VolumeCheck check;
    private final VolumeWatch watch;
    private final Space space;
    private final LongConsumer wake;
    private final Duration keepDeleted;
    private final Timeline timeline;
    private final Runnable checking = guarded("the volume could not be checked", this::checkAll);
    private final ScheduledExecutorService thread;

    /**
     * The periodic work for this store and its volume.
     *
     * @param wake schedules the step of the cart with this number
     * @param keepDeleted how long the rows of deleted carts and stray directories are kept
     */
    public Housekeeping(
            CartStore store,
            VolumeCheck check,
            VolumeWatch watch,
            Space space,
            LongConsumer wake,
            Duration keepDeleted,
            Timeline timeline) {
        this.store = store;
        this.check = check;
        this.watch = watch;
        this.space = space;
        this.wake = wake;
        this.keepDeleted = keepDeleted;
        this.timeline = timeline;
        this.thread = timeline.threads("cartd-house", 1);
    }

    /** Starts the work; to be called once. */
    public void start() {
        every(EVICTION_PERIOD, guarded("room could not be made in the background", this::keepBelowHighWater));
        every(CHECK_PERIOD, checking);
    }

    /** Schedules a check of the volume now, for when the volume is back: checks are skipped while it is away. */
    public void checkSoon() {
        try {
            thread.execute(checking);
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.DEBUG, "closed meanwhile", e);
        }
    }

    private interface Chore {
        void run() throws IOException;
    }

    private void every(Duration period, Runnable work) {
        Future<?> unused = thread.scheduleWithFixedDelay(work, 0, period.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Skips the chore while the volume is away, which {@link VolumeWatch} logs. */
    private Runnable guarded(String failure, Chore chore) {
        AtomicBoolean failed = new AtomicBoolean();
        return () -> {
            try {
                if (watch.gone().isEmpty()) {
                    chore.run();
                    failed.set(false);
                }
            } catch (VolumeNotThere e) {
                LOG.log(System.Logger.Level.DEBUG, failure, e);
            } catch (IOException | UncheckedIOException | CartException.Unavailable e) {
                if (thread.isShutdown()) {
                    return; // close() interrupted the chore, so it failed for that reason.
                }
                // Warns once until the chore succeeds again: an outage of the database would otherwise fill the log.
                System.Logger.Level level =
                        failed.getAndSet(true) ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING;
                LOG.log(level, "{0}, it is tried again later: {1}", failure, FailureText.of(e));
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, failure, e);
            }
        };
    }

    private void keepBelowHighWater() {
        space.keepBelowHighWater().forEach(wake::accept);
    }

    private void checkAll() throws IOException {
        check.run();
        Instant before = timeline.instant().minus(keepDeleted);
        check.sweep(before);
        int forgotten = store.forget(before);
        if (forgotten > 0) {
            LOG.log(System.Logger.Level.INFO, "{0} deleted carts are not remembered any more", forgotten);
        }
    }

    /** Ends the work; interrupts a chore that runs, and waits up to a second for its end. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            thread.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
