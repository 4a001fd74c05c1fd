package dev.cartd.store.sql;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import java.util.concurrent.atomic.LongAdder;

/** Counts the statements and transactions of one kind of use, and how long they took. Safe for use by many threads. */
public final class UseCount {
    /**
     * The connections of a pool.
     *
     * @param active how many are in use
     * @param idle how many are open and not in use
     * @param waiting how many threads wait for one
     * @param most how many there may be
     */
    public record Pool(int active, int idle, int waiting, int most) {}

    private final LongAdder count = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LongAdder nanos = new LongAdder();

    UseCount() {}

    void ended(long begun, boolean worked) {
        count.increment();
        nanos.add(System.nanoTime() - begun);
        if (!worked) {
            failures.increment();
        }
    }

    /** How many statements or transactions have ended. */
    public long count() {
        return count.sum();
    }

    /** How many of them failed. */
    public long failures() {
        return failures.sum();
    }

    /** How many nanoseconds they took, the wait for a connection included. */
    public long nanos() {
        return nanos.sum();
    }

    static Pool pool(HikariDataSource source) {
        HikariPoolMXBean running = source.getHikariPoolMXBean();
        return running == null
                ? new Pool(0, 0, 0, source.getMaximumPoolSize())
                : new Pool(
                        running.getActiveConnections(),
                        running.getIdleConnections(),
                        running.getThreadsAwaitingConnection(),
                        source.getMaximumPoolSize());
    }
}
