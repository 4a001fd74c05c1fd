package dev.cartd.store.sql;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Commits transactions of many threads together, for a database that has one writer at a time and waits for the medium
 * with each commit. While one thread commits, others queue their transactions; the next thread runs all of these in one
 * transaction. A thread returns once its own changes are committed, as if it had been alone.
 *
 * <p>If a group fails, nothing of it is committed, and its transactions are run again one by one: each gets its own
 * result. So a transaction may run twice, and must have no effect but that on the database. If the database itself is
 * the reason, the whole group fails at once. Safe for use by many threads.
 */
final class GroupCommit {
    /** The most transactions in a group: a bound on how long the first of them waits. */
    private static final int MOST = 64;

    private final Jdbi jdbi;
    private final Dialect dialect;
    private final Duration longestWait;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition groupEnded = lock.newCondition();

    /** Guarded by the lock, like {@link #running} and the outcomes of all transactions. */
    private final Deque<Entry<?>> queue = new ArrayDeque<>();

    /** Whether a thread runs a group. It does not hold the lock meanwhile. */
    private boolean running;

    /** @param longestWait how long a thread waits for its turn */
    GroupCommit(Jdbi jdbi, Dialect dialect, Duration longestWait) {
        this.jdbi = jdbi;
        this.dialect = dialect;
        this.longestWait = longestWait;
    }

    /** A transaction, and its outcome once it has one. */
    private static final class Entry<T> {
        private final Function<Handle, T> transaction;
        private final boolean alone;
        private @Nullable T result;
        private @Nullable Throwable failure;
        private boolean done;

        Entry(Function<Handle, T> transaction, boolean alone) {
            this.transaction = transaction;
            this.alone = alone;
        }

        void run(Handle handle) {
            result = transaction.apply(handle);
        }

        @SuppressWarnings("NullAway") // A transaction may return null, as its type says.
        T outcome() {
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure instanceof RuntimeException exception) {
                throw exception;
            }
            return result;
        }
    }

    /**
     * Runs a transaction and commits it, perhaps together with those of other threads, on one of their threads.
     *
     * @throws RuntimeException if the transaction throws it; then nothing of it is committed
     * @throws org.jdbi.v3.core.JdbiException if the database failed, or the thread's turn did not come in time
     */
    <T> T run(Function<Handle, T> transaction) {
        return run(new Entry<>(transaction, false));
    }

    /** Like {@link #run}, but alone, once, and on the calling thread: if it hangs, no other thread hangs with it. */
    <T> T runAlone(Function<Handle, T> transaction) {
        return run(new Entry<>(transaction, true));
    }

    private <T> T run(Entry<T> mine) {
        lock.lock();
        try {
            queue.add(mine);
            while (!awaitEnd(mine)) {
                runGroup();
            }
        } finally {
            lock.unlock();
        }
        return mine.outcome();
    }

    /** The number of transactions that wait for the next group. */
    int waiting() {
        lock.lock();
        try {
            return queue.size();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until the transaction has an outcome, or it is this thread's turn to run a group.
     *
     * @return whether it has an outcome
     */
    private boolean awaitEnd(Entry<?> mine) {
        long nanos = longestWait.toNanos();
        boolean interrupted = Thread.interrupted();
        try {
            while (!mine.done && (interrupted || !isTurnOf(mine))) {
                if (!interrupted && nanos > 0) {
                    try {
                        nanos = groupEnded.awaitNanos(nanos);
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                } else if (queue.remove(mine)) {
                    groupEnded.signalAll(); // It may be the turn of the one behind it.
                    throw new ConnectionException(new SQLTransientConnectionException(
                            interrupted ? "interrupted" : "other transactions kept it busy for " + longestWait));
                } else {
                    groupEnded.awaitUninterruptibly(); // Another thread runs it, and ends it soon.
                }
            }
            return mine.done;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Whether the thread of this transaction may run the next group. */
    private boolean isTurnOf(Entry<?> mine) {
        Entry<?> first = queue.peek();
        return !running && (first == mine || (first != null && !first.alone && queue.contains(mine)));
    }

    private void runGroup() {
        List<Entry<?>> group = new ArrayList<>();
        do {
            group.add(queue.remove());
        } while (group.size() < MOST && !group.get(0).alone && !queue.isEmpty() && !queue.element().alone);
        running = true;
        lock.unlock();
        try {
            run(group);
        } finally {
            lock.lock();
            running = false;
            group.forEach(entry -> entry.done = true);
            groupEnded.signalAll();
        }
    }

    private void run(List<Entry<?>> group) {
        try {
            jdbi.useTransaction(handle -> group.forEach(entry -> entry.run(handle)));
        } catch (RuntimeException | Error e) {
            boolean interrupted = Thread.interrupted(); // No reason for others to fail.
            if (group.get(0).alone || (!interrupted && (group.size() == 1 || isOfDatabase(e)))) {
                group.forEach(entry -> entry.failure = e);
            } else {
                group.forEach(this::runByItself);
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void runByItself(Entry<?> entry) {
        try {
            jdbi.useTransaction(entry::run);
        } catch (RuntimeException | Error e) {
            entry.failure = e;
        }
    }

    /** Whether the database is the reason, so that the transactions would fail one by one, each after a wait. */
    private boolean isOfDatabase(Throwable failure) {
        return failure instanceof ConnectionException
                || SqlReason.sql(failure).map(this::isOfDatabase).orElse(false);
    }

    private boolean isOfDatabase(SQLException failure) {
        return dialect.isAway(failure) || dialect.mayPass(failure);
    }
}
