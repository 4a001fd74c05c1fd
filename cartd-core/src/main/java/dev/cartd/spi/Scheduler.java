package dev.cartd.spi;

import java.time.Duration;
import java.util.Optional;

/**
 * The engine: the lease and the wake-up. It runs the step of each cart that was woken, one at a time for one cart, many
 * carts at once, at least once for each wake. A wake that meets a running step is not lost: the step runs again after
 * it. A step that throws is run again after a growing while.
 *
 * <p>Implementations are safe for use by many threads.
 */
public interface Scheduler extends AutoCloseable {
    /** Takes a cart one step further. */
    @FunctionalInterface
    interface Step {
        /**
         * Does what can be done now for this cart.
         *
         * @return after how long it wants to be run again if nobody wakes it before, zero for behind all that wait now;
         *     more than a minute may be cut short; empty if there is nothing more to do for it
         */
        Optional<Duration> advance(long cartId);
    }

    /** Starts to run steps; to be called once. What was woken before, in this process or an earlier one, is run. */
    void start(Step step);

    /**
     * Begins no step in this process until {@link #resume}; those that run go on. What is woken or due meanwhile is run
     * by other processes, where there are some, or then. May be called before the start.
     */
    void pause();

    /** Begins steps again. */
    void resume();

    /** Has the cart's step run as soon as possible, by this or another process that was started. Returns at once. */
    void wake(long cartId);

    /**
     * After how long a step runs again that failed, when {@code failures} failed before it in a row: 1 s, 2 s … 60 s.
     */
    static Duration retryAfter(int failures) {
        return Duration.ofSeconds(Math.min(60, 1L << Math.min(failures, 6)));
    }

    /**
     * Takes up no new step and waits for those that run, up to a bounded time. What did not end is run again by who
     * starts next, if the scheduler is one that lasts.
     */
    @Override
    void close();
}
