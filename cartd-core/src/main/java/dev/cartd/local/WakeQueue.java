package dev.cartd.local;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which cart is due when. A cart is in one of three places: nowhere, in {@code waiting}, or in {@code running}; one
 * that is woken while it runs is remembered there. One lock guards all of it, and no step runs under it.
 */
final class WakeQueue {
    /**
     * A cart's turn.
     *
     * @param at when, on the clock of {@link System#nanoTime}
     * @param order of two that are due at the same time, the one that came first goes first
     * @param failures how many steps failed in a row before
     */
    record Due(long cartId, long at, long order, int failures) {
        // nanoTime may overflow: only differences mean anything.
        static final Comparator<Due> SOONEST =
                ((Comparator<Due>) (a, b) -> Long.signum(a.at - b.at)).thenComparingLong(Due::order);
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final TreeSet<Due> queue = new TreeSet<>(Due.SOONEST);
    private final Map<Long, Due> waiting = new HashMap<>();
    private final Map<Long, Boolean> running = new HashMap<>();
    private long orders;
    private boolean paused;
    private boolean closed;

    /** Makes the cart due now, unless it is due already; after its step if that runs now. */
    void wake(long cartId) {
        lock.lock();
        try {
            if (running.replace(cartId, true) == null) {
                Due due = waiting.get(cartId);
                if (due == null || due.at - System.nanoTime() > 0) {
                    put(cartId, Duration.ZERO, due == null ? 0 : due.failures);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the next cart that is due and takes it; empty once the queue is closed. */
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
            // Only close() interrupts, and nothing more is to be taken then.
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** Ends a cart's turn; it comes again after {@code sleep}, or at once if it was woken meanwhile. */
    void done(Due due, Optional<Duration> sleep) {
        end(due.cartId, sleep, 0);
    }

    /** Ends a turn that failed. */
    void failed(Due due, Duration sleep) {
        end(due.cartId, Optional.of(sleep), due.failures + 1);
    }

    /** Lets nobody take anything, or lets them again. */
    void pause(boolean pause) {
        lock.lock();
        try {
            paused = pause;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Lets nobody take anything any more. */
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
        return paused || queue.isEmpty() ? Long.MAX_VALUE : queue.first().at - System.nanoTime();
    }

    private Due takeFirst() {
        Due first = queue.first();
        queue.remove(first);
        waiting.remove(first.cartId);
        running.put(first.cartId, false);
        if (!queue.isEmpty()) {
            // Whoever waited for this one is busy now; another has to watch for the next.
            changed.signal();
        }
        return first;
    }

    private void put(long cartId, Duration wait, int failures) {
        long nanos = wait.isNegative() ? 0 : nanos(wait);
        Due due = new Due(cartId, System.nanoTime() + nanos, orders++, failures);
        Due before = waiting.put(cartId, due);
        if (before != null) {
            queue.remove(before);
        }
        queue.add(due);
        changed.signal();
    }

    /** A hundred years at most, so that the sum does not overflow. */
    private static long nanos(Duration wait) {
        return wait.toDays() > 36_500 ? Duration.ofDays(36_500).toNanos() : wait.toNanos();
    }
}
