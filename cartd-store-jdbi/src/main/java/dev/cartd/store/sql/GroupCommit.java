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
 * with each commit. While one thread commits, others queue their transactions; then the thread of the first of these
 * runs all of them in one transaction, and those that come while it runs. A thread returns once its own changes are
 * committed, as if it had been alone.
 *
 * <p>Transactions that {@linkplain Kind#FIRST a client waits for} go first, and a group is bounded: so a client waits
 * for the commits of at most two groups beside its own. The others get their turn all the same: at most one group goes
 * before the one that is next among them.
 *
 * <p>If a group fails, nothing of it is committed, and its transactions are run again one by one: each gets its own
 * result. So a transaction may run twice, and must have no effect but that on the database. If the database itself is
 * the reason, the whole group fails at once. Safe for use by many threads.
 */
final class GroupCommit {
    /** How a transaction is run. */
    enum Kind {
        /** A client waits for it: it goes before those that are {@link #LATER} or {@link #ALONE}. */
        FIRST,
        /** It goes behind those that came before it. */
        LATER,
        /** It runs alone, once, and on the calling thread: if it hangs, no other thread hangs with it. */
        ALONE
    }

    /** The most transactions in a group: a bound on how long the first of them waits. */
    private static final int MOST = 64;

    private final Jdbi jdbi;
    private final Dialect dialect;
    private final Duration longestWait;
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock, like {@link #running} and the outcomes of all transactions. */
    private final Deque<Entry<?>> first = new ArrayDeque<>();

    private final Deque<Entry<?>> later = new ArrayDeque<>();

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
        private final Kind kind;

        /** Signalled when the entry is done, or may be the next whose thread runs a group. */
        private final Condition changed;

        private @Nullable T result;
        private @Nullable Throwable failure;
        private boolean done;

        /** Whether a group of transactions that came later was run before. */
        private boolean passedOver;

        Entry(Function<Handle, T> transaction, Kind kind, Condition changed) {
            this.transaction = transaction;
            this.kind = kind;
            this.changed = changed;
        }

        boolean isAlone() {
            return kind == Kind.ALONE;
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
     * Runs a transaction and commits it; unless it is {@link Kind#ALONE}, perhaps together with those of other threads,
     * on one of their threads.
     *
     * @throws RuntimeException if the transaction throws it; then nothing of it is committed
     * @throws org.jdbi.v3.core.JdbiException if the database failed, or the thread's turn did not come in time
     */
    <T> T run(Kind kind, Function<Handle, T> transaction) {
        lock.lock();
        try {
            Entry<T> mine = new Entry<>(transaction, kind, lock.newCondition());
            queue(mine).addLast(mine);
            if (!awaitEnd(mine)) {
                runGroup();
            }
            return mine.outcome();
        } finally {
            lock.unlock();
        }
    }

    private Deque<Entry<?>> queue(Entry<?> entry) {
        return entry.kind == Kind.FIRST ? first : later;
    }

    /** The transaction whose thread runs the next group. */
    private @Nullable Entry<?> next() {
        Entry<?> late = later.peek();
        return first.isEmpty() || (late != null && late.passedOver) ? late : first.peek();
    }

    private void wakeNext() {
        Entry<?> next = next();
        if (next != null) {
            next.changed.signal();
        }
    }

    /** The number of transactions that wait for the next group. */
    int waiting() {
        lock.lock();
        try {
            return first.size() + later.size();
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
            while (!mine.done && (interrupted || running || next() != mine)) {
                if (!interrupted && nanos > 0) {
                    try {
                        nanos = mine.changed.awaitNanos(nanos);
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                } else if (queue(mine).remove(mine)) {
                    wakeNext(); // It may be the turn of the one behind it.
                    throw new ConnectionException(new SQLTransientConnectionException(
                            interrupted ? "interrupted" : "other transactions kept it busy for " + longestWait));
                } else {
                    mine.changed.awaitUninterruptibly(); // Another thread runs it, and ends it soon.
                }
            }
            return mine.done;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Runs a group that begins with the {@link #next} transaction. Holds the lock when it is called and returns. */
    private void runGroup() {
        Group group = new Group();
        group.takeMore();
        running = true;
        lock.unlock();
        try {
            group.run();
        } finally {
            lock.lock();
            running = false;
            group.end();
            wakeNext();
        }
    }

    /** The transactions that one thread runs together. For that thread, under the lock where it says so. */
    private final class Group {
        private final List<Entry<?>> taken = new ArrayList<>();
        private int ended;

        /** Takes what waits; under the lock. */
        void takeMore() {
            Entry<?> next = next();
            while (next != null && taken.size() < MOST && (taken.isEmpty() || !(isAlone() || next.isAlone()))) {
                taken.add(queue(next).remove());
                next = next();
            }
        }

        private boolean isAlone() {
            return taken.get(0).isAlone();
        }

        void run() {
            try {
                jdbi.useTransaction(this::runAll);
            } catch (RuntimeException | Error e) {
                boolean interrupted = Thread.interrupted(); // No reason for others to fail.
                if (isAlone() || (!interrupted && (taken.size() == 1 || isOfDatabase(e)))) {
                    taken.forEach(entry -> entry.failure = e);
                } else {
                    taken.forEach(this::runByItself);
                }
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        private void runAll(Handle handle) {
            while (ended < taken.size()) {
                taken.get(ended++).run(handle);
                if (ended == taken.size()) {
                    lock.lock();
                    try {
                        takeMore();
                    } finally {
                        lock.unlock();
                    }
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

        /** Gives the threads their outcomes; under the lock. */
        void end() {
            Entry<?> late = later.peek();
            if (late != null && taken.stream().anyMatch(entry -> entry.kind == Kind.FIRST)) {
                late.passedOver = true;
            }
            for (Entry<?> entry : taken) {
                entry.done = true;
                entry.changed.signal();
            }
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
