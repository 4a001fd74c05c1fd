package dev.cartd.system;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The time of a process, and the threads that work in its background. An object that is given its timeline can be run
 * by a test on a single thread, in a time that the test steps. Safe for use by many threads.
 */
public interface Timeline {
    /** Begins to measure now. */
    Elapsed measure();

    /**
     * Has this work run once, after this pause, on a background thread, which it may block. Returns at once.
     *
     * @param pause zero for work to begin at once
     */
    void run(Duration pause, Runnable work);

    /**
     * The timeline of this machine, with as many daemon threads as there is work at the same time. A thread ends when
     * it had no work for some seconds.
     *
     * @param wall the wall clock, see {@link Elapsed}
     * @param name the first part of the names of the threads
     */
    static Timeline ofMachine(InstantSource wall, String name) {
        AtomicLong count = new AtomicLong();
        Executor threads =
                new ThreadPoolExecutor(0, Integer.MAX_VALUE, 5, TimeUnit.SECONDS, new SynchronousQueue<>(), work -> {
                    Thread thread = new Thread(work, name + "-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        return new Timeline() {
            @Override
            public Elapsed measure() {
                return new Elapsed(wall);
            }

            @Override
            public void run(Duration pause, Runnable work) {
                Executor executor = pause.isZero()
                        ? threads
                        : CompletableFuture.delayedExecutor(pause.toNanos(), TimeUnit.NANOSECONDS, threads);
                executor.execute(work);
            }
        };
    }
}
