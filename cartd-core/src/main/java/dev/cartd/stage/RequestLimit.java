package dev.cartd.stage;

import dev.cartd.spi.RequestShares;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * How much one archive can take: the most requests at once, over all methods and all carts, shared out fairly among
 * carts. It begins with one request at a time, or with what other nodes have learned; it grows while answers come back
 * right, and shrinks to half when one comes back wrong. The more often it had to shrink, the more right answers it wants
 * to see before it grows again. It does not run ahead of what other nodes have learned: with a part of the requests only,
 * right answers prove nothing about more.
 *
 * <p>What this node may have out of that is its {@link Allowance}. Requests run on threads of its own, at most as many as
 * the limit may ever be. Safe for use by many threads.
 */
final class RequestLimit implements AutoCloseable {
    private static final int MAX_STREAK = 64;

    /** What an answer says about how much the archive can take. */
    enum Verdict {
        /** It came back as it should. */
        RIGHT,
        /** It came back damaged, or not in time: perhaps because of others at the same moment. */
        WRONG,
        /** It says nothing about that. */
        NEUTRAL
    }

    /** One request to the archive; never throws. */
    @FunctionalInterface
    interface Request {
        Verdict send();
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final int most;
    private final Allowance allowance;
    private final List<Lane> lanes = new ArrayList<>();
    private int threads;
    private int demand;
    private int running;
    private int limit = 1;
    private boolean fresh = true;
    private int streak;
    private int streakToGrow = 1;
    private long started;
    private long startedWhenShrunk;
    private boolean closed;

    /** A limit that is never over {@code most}, which is 1 or more, for all nodes that have these shares, by this wall clock. */
    RequestLimit(int most, RequestShares shares, InstantSource clock) {
        if (most < 1) {
            throw new IllegalArgumentException("at least one request at once, not " + most);
        }
        this.most = most;
        this.allowance = new Allowance(shares, new Sending(), lock, clock);
    }

    /** What the allowance is asked for. */
    private final class Sending implements Allowance.Node {
        @Override
        public int learned() {
            return fresh ? 0 : limit;
        }

        @Override
        public int demand() {
            return demand;
        }

        @Override
        public int out() {
            return running;
        }

        @Override
        public void heard() {
            int learned = allowance.learnedByOthers();
            if (fresh && learned > 0 && learned < RequestShares.ALL) {
                limit = Math.min(most, learned);
                fresh = false;
            }
            startThreadIfNeeded();
            changed.signalAll();
        }
    }

    /** A cart's place among the others. */
    final class Lane implements AutoCloseable {
        private final Deque<Request> waiting = new ArrayDeque<>();
        private final Deque<Request> begun = new ArrayDeque<>();
        private int inFlight;
        private long servedLast;

        /** Has the request sent when it is its turn. */
        void add(Request request) {
            add(waiting, request);
        }

        /** Has a request that made room for others sent again when it is its turn. */
        void again(Request request) {
            add(begun, request);
        }

        private void add(Deque<Request> queue, Request request) {
            lock.lock();
            try {
                queue.add(request);
                demand++;
                allowance.demandGrew();
                startThreadIfNeeded();
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        /** Takes back what was never sent yet, and answers how many those were. */
        int takeBack() {
            lock.lock();
            try {
                int count = waiting.size();
                waiting.clear();
                demand -= count;
                return count;
            } finally {
                lock.unlock();
            }
        }

        /** Takes back what is not out now, and answers how many those were. */
        int clear() {
            lock.lock();
            try {
                int count = waiting.size() + begun.size();
                waiting.clear();
                begun.clear();
                demand -= count;
                return count;
            } finally {
                lock.unlock();
            }
        }

        /**
         * Whether a long request had better make room: another lane waits and has nothing in flight, or this node has more
         * out than it may have, and other nodes wait for that.
         */
        boolean othersStarve() {
            lock.lock();
            try {
                return running > allowance.now()
                        || lanes.stream().anyMatch(other -> other != this && other.inFlight == 0 && other.wantsTurn());
            } finally {
                lock.unlock();
            }
        }

        private boolean wantsTurn() {
            return !waiting.isEmpty() || !begun.isEmpty();
        }

        /** Leaves. What was not sent is forgotten. */
        @Override
        public void close() {
            lock.lock();
            try {
                clear();
                lanes.remove(this);
            } finally {
                lock.unlock();
            }
        }
    }

    /** A new lane, behind those that are there. */
    Lane open() {
        lock.lock();
        try {
            Lane lane = new Lane();
            lane.servedLast = started;
            lanes.add(lane);
            return lane;
        } finally {
            lock.unlock();
        }
    }

    /** How many requests may be out at once now. */
    int current() {
        lock.lock();
        try {
            return limit;
        } finally {
            lock.unlock();
        }
    }

    /** Sends nothing more; its threads end when what they sent has been answered. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            allowance.close();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** One that waits is enough: it starts the next. */
    private void startThreadIfNeeded() {
        if (demand > 0 && threads < most && threads == running) {
            startThread();
        }
    }

    private void startThread() {
        Thread thread = new Thread(this::serve, "cartd-request-" + (threads + 1));
        thread.setDaemon(true);
        thread.start();
        threads++;
    }

    private void serve() {
        lock.lock();
        try {
            for (Lane lane = next(); lane != null; lane = next()) {
                sendFirst(lane);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            threads--;
            lock.unlock();
        }
    }

    private @Nullable Lane next() throws InterruptedException {
        while (!closed) {
            Lane lane = running < Math.min(limit, allowance.now()) ? mostDue() : null;
            if (lane != null) {
                return lane;
            }
            changed.await();
        }
        return null;
    }

    /** The lane with the fewest requests in flight; of those, the one that was served longest ago. */
    private @Nullable Lane mostDue() {
        return lanes.stream()
                .filter(Lane::wantsTurn)
                .min(Comparator.comparingInt((Lane lane) -> lane.inFlight).thenComparingLong(lane -> lane.servedLast))
                .orElse(null);
    }

    private void sendFirst(Lane lane) {
        Request request = lane.begun.isEmpty() ? lane.waiting.remove() : lane.begun.remove();
        long number = ++started;
        lane.servedLast = number;
        lane.inFlight++;
        running++;
        if (running < limit) {
            startThreadIfNeeded();
        }
        Verdict verdict = Verdict.NEUTRAL;
        lock.unlock();
        try {
            verdict = request.send();
        } finally {
            lock.lock();
            demand--;
            running--;
            lane.inFlight--;
            learn(verdict, number);
            allowance.requestEnded();
            changed.signalAll();
        }
    }

    private void learn(Verdict verdict, long number) {
        fresh &= verdict == Verdict.NEUTRAL;
        switch (verdict) {
            case RIGHT -> {
                if (++streak >= streakToGrow && limit < most && limit <= Math.max(1, allowance.learnedByOthers())) {
                    limit++;
                    streak = 0;
                    streakToGrow = Math.max(1, streakToGrow / 2);
                }
            }
            case WRONG -> {
                streak = 0;
                // Those that were out together when one came back wrong count once.
                if (number > startedWhenShrunk) {
                    limit = Math.max(1, limit / 2);
                    streakToGrow = Math.min(MAX_STREAK, streakToGrow * 2);
                    startedWhenShrunk = started;
                }
            }
            case NEUTRAL -> {}
        }
    }
}
