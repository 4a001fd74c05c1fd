package dev.cartd.local;

import dev.cartd.cart.FailureText;
import dev.cartd.spi.Scheduler;
import dev.cartd.system.Timeline;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A scheduler in this process: a fixed number of threads run the steps of carts, in the order in which they are due. A
 * cart that pauses uses no thread. Wakes are lost when the process ends: see {@link Scheduler#start} for a store that
 * lasts. Safe for use by many threads.
 */
public final class LocalScheduler implements Scheduler {
    private static final System.Logger LOG = System.getLogger(LocalScheduler.class.getName());
    private static final Duration STOP_WAIT = Duration.ofSeconds(30);
    private static final Duration LAST_WAIT = Duration.ofSeconds(1);

    private final Timeline timeline;
    private final WakeQueue queue;
    private final int threads;
    private final Duration stopWait;
    private final List<ExecutorService> started = new ArrayList<>();

    /**
     * A scheduler that runs up to {@code threads} steps at once.
     *
     * @throws IllegalArgumentException if {@code threads} is less than 1
     */
    public LocalScheduler(int threads) {
        this(threads, Timeline.ofMachine(InstantSource.system()));
    }

    /**
     * A scheduler that runs up to {@code threads} steps at once, on threads and in the time of this timeline.
     *
     * @throws IllegalArgumentException if {@code threads} is less than 1
     */
    public LocalScheduler(int threads, Timeline timeline) {
        this(threads, STOP_WAIT, timeline);
    }

    LocalScheduler(int threads, Duration stopWait, Timeline timeline) {
        if (threads < 1) {
            throw new IllegalArgumentException("a scheduler needs at least one thread");
        }
        this.threads = threads;
        this.stopWait = stopWait;
        this.timeline = timeline;
        this.queue = new WakeQueue(timeline);
    }

    @Override
    public synchronized void start(Step step) {
        if (!started.isEmpty()) {
            throw new IllegalStateException("the scheduler was started before");
        }
        ExecutorService workers = timeline.threads("cartd-step", threads);
        started.add(workers);
        for (int i = 0; i < threads; i++) {
            workers.execute(() -> work(step));
        }
    }

    @Override
    public void pause() {
        queue.pause(true);
    }

    @Override
    public void resume() {
        queue.pause(false);
    }

    @Override
    public void wake(long cartId) {
        queue.wake(cartId);
    }

    /**
     * Begins no new step and waits up to 30 seconds for the running ones; then it interrupts them and waits up to one
     * more second. If the calling thread is interrupted, it interrupts the steps at once, and the thread stays
     * interrupted. Closing again does nothing more.
     */
    @Override
    public synchronized void close() {
        queue.close();
        started.forEach(this::stop);
    }

    private void work(Step step) {
        for (Optional<WakeQueue.Due> due = queue.take(); due.isPresent(); due = queue.take()) {
            run(step, due.get());
        }
    }

    private void run(Step step, WakeQueue.Due due) {
        try {
            queue.done(due, step.advance(due.cartId()));
        } catch (RuntimeException | Error e) {
            // Errors too: the cart must be tried again, and this thread must not end.
            Duration wait = Scheduler.retryAfter(due.failures());
            LOG.log(
                    Level.WARNING,
                    "cart {0}: a step failed and is tried again in {1} s: {2}",
                    Long.toString(due.cartId()),
                    wait.toSeconds(),
                    FailureText.of(e));
            queue.failed(due, wait);
        }
    }

    private void stop(ExecutorService workers) {
        workers.shutdown();
        try {
            if (!workers.awaitTermination(stopWait.toMillis(), TimeUnit.MILLISECONDS)) {
                workers.shutdownNow();
                workers.awaitTermination(LAST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            workers.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
