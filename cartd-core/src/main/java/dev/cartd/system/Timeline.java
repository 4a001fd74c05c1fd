package dev.cartd.system;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/**
 * The time of a process, the threads that work in its background, and how they wait for each other. The core has no
 * other clock, waits in no other way, and has no other threads but a few that only wait for a disk. So a test can run
 * the whole core in simulated time, one thread at a time. As an {@link InstantSource} a timeline is the wall clock.
 * Safe for use by many threads.
 */
public interface Timeline extends InstantSource {
    /** The monotonic clock in nanoseconds, like {@link System#nanoTime}: only differences mean anything. */
    long nanos();

    /** Begins to measure now, by both clocks. */
    default Elapsed measure() {
        return new Elapsed(this, this::nanos);
    }

    /**
     * Runs this work once, after this pause, on a background thread. The work may block. Returns at once.
     *
     * @param pause zero for work to begin at once
     */
    void run(Duration pause, Runnable work);

    /**
     * Returns an executor with this many background threads. Its {@code shutdownNow} interrupts running work.
     *
     * @param name the name of a single thread, or the first part of the names of several
     * @param count how many; 1 or more
     */
    ScheduledExecutorService threads(String name, int count);

    /** A new condition of this lock; this timeline measures its timeouts. */
    Condition condition(Lock lock);

    /**
     * The timeline of this machine. The threads of {@link #run} are as many as there is work at the same time; each
     * ends when it had no work for some seconds. All threads are daemons.
     *
     * @param wall the wall clock
     */
    static Timeline ofMachine(InstantSource wall) {
        Executor runners = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, 5, TimeUnit.SECONDS, new SynchronousQueue<>(), daemons("cartd-request", true));
        return new Timeline() {
            @Override
            public Instant instant() {
                return wall.instant();
            }

            @Override
            public long millis() {
                return wall.millis();
            }

            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public void run(Duration pause, Runnable work) {
                Executor executor = pause.isZero()
                        ? runners
                        : CompletableFuture.delayedExecutor(pause.toNanos(), TimeUnit.NANOSECONDS, runners);
                executor.execute(work);
            }

            @Override
            public ScheduledExecutorService threads(String name, int count) {
                return new ScheduledThreadPoolExecutor(count, daemons(name, count > 1));
            }

            @Override
            public Condition condition(Lock lock) {
                return lock.newCondition();
            }
        };
    }

    /**
     * Makes daemon threads.
     *
     * @param name the name of each thread, or the first part of the names if they are numbered
     */
    static ThreadFactory daemons(String name, boolean numbered) {
        AtomicInteger count = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, numbered ? name + "-" + count.incrementAndGet() : name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
