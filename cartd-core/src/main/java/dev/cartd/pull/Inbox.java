package dev.cartd.pull;

import dev.cartd.system.Timeline;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A queue without a bound, from many threads to one, that waits in the time of a {@link Timeline}. */
public final class Inbox<T> {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition added;
    private final Deque<T> queue = new ArrayDeque<>();

    /** An empty queue. */
    public Inbox(Timeline timeline) {
        added = timeline.condition(lock);
    }

    /** Adds an element at the end; never waits. */
    public void add(T element) {
        lock.lock();
        try {
            queue.add(element);
            added.signal();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Removes the first element; waits for one up to {@code nanos} nanoseconds. Null if none came in that time.
     *
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public @Nullable T poll(long nanos) throws InterruptedException {
        long left = nanos;
        lock.lock();
        try {
            while (queue.isEmpty() && left > 0) {
                left = added.awaitNanos(left);
            }
            return queue.poll();
        } finally {
            lock.unlock();
        }
    }
}
