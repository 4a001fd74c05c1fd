package dev.cartd.spi;

import dev.cartd.cart.CartException;
import dev.cartd.cart.Outage;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Runs the steps of carts. It runs the step of each cart that was woken: at least once for each wake, one step at a
 * time for one cart, many carts at once. If a cart is woken while its step runs, the step runs again afterwards. A step
 * that throws runs again after a pause that grows with each failure in a row, and holds up no other cart. A cart that
 * pauses takes no thread.
 *
 * <p>Implementations are safe for use by many threads.
 */
public interface Scheduler extends AutoCloseable {
    /** Brings a cart one step further. Called by many threads at once, but only once at a time for one cart. */
    @FunctionalInterface
    interface Step {
        /**
         * Does what can be done for this cart now. Whatever it throws counts as a failure of the step; see {@link
         * #retryAfter}.
         *
         * @return the pause after which the step runs again if nobody wakes the cart before; empty if there is nothing
         *     more to do for the cart. Zero means after all steps that are due now. A scheduler may shorten a pause of
         *     more than one minute
         */
        Optional<Duration> advance(long cartId);
    }

    /**
     * Begins to run steps, those of carts that were woken before the start included. A scheduler that outlives its
     * process also runs the steps that an earlier process left. Any other scheduler has forgotten them: if the store
     * outlives the process, the program first wakes every cart that is in work or deleted. To be called once.
     *
     * @throws IllegalStateException if the scheduler was started before
     */
    void start(Step step);

    /**
     * Begins no step in this process until {@link #resume}; running steps continue. Carts that are woken or due in the
     * meantime are run by other processes, if there are any, or after {@code resume}. May be called before {@link
     * #start}.
     */
    void pause();

    /** Begins steps again. May be called before {@link #start}, and when the scheduler is not paused. */
    void resume();

    /**
     * Has the cart's step run as soon as possible, by this process or by another one on the same scheduler. Returns
     * without waiting for the step, and need not wait until the wake is recorded. If a wake is lost because the process
     * dies, a scheduler that outlives its process finds the cart by itself, within a minute or so. May be called before
     * {@link #start}.
     *
     * @throws CartException.Unavailable if the wake could not be recorded; then too the scheduler finds the cart later
     */
    void wake(long cartId);

    /** Returns why and since when a started scheduler begins no steps; empty if it does. Never waits. */
    default Optional<Outage.Away> away() {
        return Optional.empty();
    }

    /**
     * Returns how many steps each process runs now, by the name of the process. One that died a moment ago may still be
     * among them. Empty if the scheduler does not know.
     *
     * @throws CartException.Unavailable if that cannot be read
     */
    default Map<String, Integer> running() {
        return Map.of();
    }

    /**
     * The pause before a step that failed runs again: 1, 2, 4, 8, 16, 32 and then always 60 seconds.
     *
     * @param failures how many steps of this cart failed in a row before this failure; 0 or more
     */
    static Duration retryAfter(int failures) {
        return Duration.ofSeconds(Math.min(60, 1L << Math.min(failures, 6)));
    }

    /**
     * Begins no new step, and waits a bounded time for the running ones. If the scheduler outlives its process, the
     * next process that starts it runs again the steps that did not end. A scheduler that was never started may be
     * closed too.
     */
    @Override
    void close();
}
