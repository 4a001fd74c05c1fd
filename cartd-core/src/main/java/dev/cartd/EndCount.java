package dev.cartd;

import dev.cartd.system.Timeline;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts how often carts of this process became ready or failed, and lets threads wait for it. Thread-safe. */
final class EndCount {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed;
    private long count;

    EndCount(Timeline timeline) {
        changed = timeline.condition(lock);
    }

    /** How often carts of this process became ready or failed so far. */
    long count() {
        lock.lock();
        try {
            return count;
        } finally {
            lock.unlock();
        }
    }

    /** Counts one more and wakes all threads that wait. */
    void add() {
        lock.lock();
        try {
            count++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until {@link #count} is greater than {@code seen}, but no longer than {@code timeout}. */
    void await(long seen, Duration timeout) throws InterruptedException {
        long left = timeout.toNanos();
        lock.lock();
        try {
            while (count <= seen && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
