package dev.cartd.local;

import dev.cartd.system.Timeline;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The carts that are due, now or later. A cart is in {@code waiting}, in {@code running}, or in neither. One lock
 * guards all fields; it is not held while a step runs. Safe for use by many threads.
 */
final class WakeQueue {
    /**
     * The next step of a cart.
     *
     * @param at when it is due, by {@link Timeline#nanos}
     * @param order a counter: of two carts that are due at the same time, the one with the lower order runs first
     * @param failures how many steps of the cart failed in a row before this step
     */
    record Due(long cartId, long at, long order, int failures) {
        // It may overflow: only differences mean anything.
        static final Comparator<Due> SOONEST =
                ((Comparator<Due>) (a, b) -> Long.signum(a.at - b.at)).thenComparingLong(Due::order);
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Timeline timeline;
    private final Condition changed;
    private final TreeSet<Due> queue = new TreeSet<>(Due.SOONEST);
    private final Map<Long, Due> waiting = new HashMap<>();

    /** For each cart whose step runs: whether it was woken since the step began. */
    private final Map<Long, Boolean> running = new HashMap<>();

    private long nextOrder;
    private boolean paused;
    private boolean closed;

    WakeQueue(Timeline timeline) {
        this.timeline = timeline;
        this.changed = timeline.condition(lock);
    }

    /** Makes the cart due now, unless it is due already; if its step runs now, makes it due after that step. */
    void wake(long cartId) {
        lock.lock();
        try {
            if (running.replace(cartId, true) == null) {
                Due due = waiting.get(cartId);
                if (due == null || due.at - timeline.nanos() > 0) {
                    put(cartId, Duration.ZERO, due == null ? 0 : due.failures);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until a cart is due and moves it to {@code running}; empty once the queue is closed. */
    Optional<Due> take() {
        lock.lock();
        try {
            while (!closed) {
                long nanos = untilNext();
                if (nanos <= 0) {
                    return Optional.of(takeFirst());
                }
                changed.awaitNanos(nanos);
            }
            return Optional.empty();
        } catch (InterruptedException e) {
            // LocalScheduler interrupts its threads only when it closes: then they must end.
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Records that a step ended. The cart is due again after {@code sleep}, or now if it was woken in the meantime; it
     * is not due again if {@code sleep} is empty and it was not woken.
     */
    void done(Due due, Optional<Duration> sleep) {
        end(due.cartId, sleep, 0);
    }

    /**
     * Records that a step failed. The cart is due again after {@code sleep}, or now if it was woken in the meantime.
     */
    void failed(Due due, Duration sleep) {
        end(due.cartId, Optional.of(sleep), due.failures + 1);
    }

    /** Makes {@link #take} wait, even for carts that are due; or ends that. */
    void pause(boolean pause) {
        lock.lock();
        try {
            paused = pause;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Makes {@link #take} return empty from now on. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void end(long cartId, Optional<Duration> sleep, int failures) {
        lock.lock();
        try {
            boolean woken = Boolean.TRUE.equals(running.remove(cartId));
            Optional<Duration> wait = woken ? Optional.of(Duration.ZERO) : sleep;
            wait.ifPresent(duration -> put(cartId, duration, failures));
        } finally {
            lock.unlock();
        }
    }

    private long untilNext() {
        return paused || queue.isEmpty() ? Long.MAX_VALUE : queue.first().at - timeline.nanos();
    }

    private Due takeFirst() {
        Due first = queue.first();
        queue.remove(first);
        waiting.remove(first.cartId);
        running.put(first.cartId, false);
        if (!queue.isEmpty()) {
            // This thread waited for the first cart and is busy now: another thread must wait for the next cart.
            changed.signal();
        }
        return first;
    }

    private void put(long cartId, Duration wait, int failures) {
        long nanos = wait.isNegative() ? 0 : nanos(wait);
        Due due = new Due(cartId, timeline.nanos() + nanos, nextOrder++, failures);
        Due before = waiting.put(cartId, due);
        if (before != null) {
            queue.remove(before);
        }
        queue.add(due);
        changed.signal();
    }

    /** At most a hundred years, so that adding it to the clock does not overflow. */
    private static long nanos(Duration wait) {
        return wait.toDays() > 36_500 ? Duration.ofDays(36_500).toNanos() : wait.toNanos();
    }
}
