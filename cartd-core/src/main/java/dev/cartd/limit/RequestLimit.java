package dev.cartd.limit;

import dev.cartd.spi.RequestShares;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Limits how many requests the archive gets at once, over all methods and all carts, and divides them fairly among
 * carts. {@link Learned} derives the limit from the archive's answers; {@link NodeAllowance} holds this node's share of
 * it. The limit grows at most one beyond the smallest limit that another node has learned: a node that sends only its
 * share cannot tell from right answers that the archive could take more.
 *
 * <p>A request that failed while others were out is sent again {@linkplain Lane#alone alone}: no other request is out
 * then, from this node or another, so that a failure is not an effect of load. Requests to be sent alone and all other
 * requests alternate, in turns of a second.
 *
 * <p>Requests run on daemon threads of this object, at most as many as the highest limit. Safe for use by many threads.
 */
public final class RequestLimit implements AutoCloseable {
    private static final long TURN = Duration.ofSeconds(1).toNanos();

    /**
     * Pause between a request that failed or was broken off and one that has to be alone: the archive may still be at
     * work on the first.
     */
    private static final long QUIET = Duration.ofMillis(100).toNanos();

    /** What an answer says about how many requests the archive can take. */
    public enum Verdict {
        /** The archive sent the right content. */
        RIGHT,
        /** The archive gave a right answer that has no file content, such as a status. */
        ANSWERED,
        /** The answer was damaged or late, perhaps because of other requests at the same time. */
        WRONG,
        /** The answer says nothing about that. */
        NEUTRAL
    }

    /** One request to the archive. */
    @FunctionalInterface
    public interface Request {
        /** Sends the request and waits for the answer. Never throws. */
        Verdict send();

        /**
         * Called after {@link #send} returned, under the lock of the limit: must not block.
         *
         * @param alone whether no other request was out, from this node or another, while this one was
         */
        default void sent(boolean alone) {}
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final int most;
    private final NodeAllowance allowance;
    private final List<Lane> lanes = new ArrayList<>();
    private int threads;
    private int demand;
    private int running;
    private final Learned learned;
    private long started;
    private boolean closed;

    /** Whether it is the turn of requests to be sent alone: all others end or yield, and none is sent. */
    private boolean aloneTurn;

    /** Whether a request that is sent alone is out. */
    private boolean aloneOut;

    /** Whether a request was sent alone in this turn. */
    private boolean aloneSent;

    private long turnSince = System.nanoTime() - TURN;
    private long quietUntil = System.nanoTime();

    /**
     * A limit for all nodes that use the same shares.
     *
     * @param most the highest value that the limit may reach; 1 or more
     * @param clock the wall clock, by which leases of shares are measured
     * @throws IllegalArgumentException if {@code most} is less than 1
     */
    public RequestLimit(int most, RequestShares shares, InstantSource clock) {
        if (most < 1) {
            throw new IllegalArgumentException("the limit of requests must be 1 or more, not " + most);
        }
        this.most = most;
        this.learned = new Learned(most);
        this.allowance = new NodeAllowance(shares, new ThisNode(), lock, clock);
    }

    /** This node, as its allowance sees it. */
    private final class ThisNode implements NodeAllowance.Node {
        @Override
        public int learned() {
            // A limit of one keeps other nodes from sending while this one sends a request alone.
            return aloneTurn ? 1 : learned.reported();
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
        public void shareRenewed() {
            int theirs = allowance.learnedByOthers();
            if (theirs > 0 && theirs < RequestShares.ALL) {
                learned.fromOthers(theirs);
            }
            startThreadIfNeeded();
            changed.signalAll();
        }
    }

    /** The queue of one cart's requests. Safe for use by many threads. */
    public final class Lane implements AutoCloseable {
        private final Deque<Request> waiting = new ArrayDeque<>();
        private final Deque<Request> begun = new ArrayDeque<>();
        private final Deque<Request> alone = new ArrayDeque<>();
        private int inFlight;
        private long servedLast;

        /** Queues a new request. */
        public void add(Request request) {
            add(() -> waiting.add(request));
        }

        /** Queues a request that yielded: it precedes new requests of this lane, and this lane follows all others. */
        public void again(Request request) {
            add(() -> {
                begun.add(request);
                goBehind();
            });
        }

        /** Queues a request that is sent only while no other one is out, from this node or another. */
        public void alone(Request request) {
            add(() -> alone.add(request));
        }

        /** As {@link #alone}, for a request that yielded: it precedes those that were not sent yet. */
        public void aloneAgain(Request request) {
            add(() -> {
                alone.addFirst(request);
                goBehind();
            });
        }

        /** Puts this lane behind all others that wait, new ones included. */
        private void goBehind() {
            servedLast = started + 1;
        }

        private void add(Runnable queued) {
            lock.lock();
            try {
                queued.run();
                demand++;
                allowance.demandGrew();
                startThreadIfNeeded();
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        /** Removes the requests that were never sent, except those to be sent alone, and returns their number. */
        public int takeBack() {
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

        /** Removes all requests that are not out now, and returns their number. */
        public int clear() {
            lock.lock();
            try {
                int count = waiting.size() + begun.size() + alone.size();
                waiting.clear();
                begun.clear();
                alone.clear();
                demand -= count;
                changed.signalAll();
                return count;
            } finally {
                lock.unlock();
            }
        }

        /**
         * Whether a long request of this lane should yield: another lane waits and has nothing in flight, the turn of
         * requests to be sent alone has come, or more requests are out than this node may have. A request that was sent
         * alone should yield when its turn is over and others wait, or when the node may have no request out.
         */
        public boolean othersStarve() {
            lock.lock();
            try {
                return aloneOut ? aloneShouldYield() : companyShouldYield() || othersWait();
            } finally {
                lock.unlock();
            }
        }

        private boolean othersWait() {
            return lanes.stream().anyMatch(other -> other != this && other.inFlight == 0 && other.hasQueued());
        }

        /** {@link #othersStarve} for a request that was sent alone. */
        private boolean aloneShouldYield() {
            boolean wanted =
                    lanes.stream().anyMatch(other -> other.hasQueued() || (other != this && !other.alone.isEmpty()));
            return running > allowance.now() || (isTurnOver() && wanted);
        }

        private boolean hasQueued() {
            return !waiting.isEmpty() || !begun.isEmpty();
        }

        /** Removes this lane, with all its requests that are not out. */
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

    /** Opens a lane for one cart, behind those that exist. */
    public Lane open() {
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

    /** The learned limit for all nodes: the number of requests that may be out at once now; 1 or more. */
    public int current() {
        lock.lock();
        try {
            return learned.limit();
        } finally {
            lock.unlock();
        }
    }

    /** Sends no more requests. Requests that are out go on, and each thread ends after its own. */
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

    /** One idle thread is enough: as soon as it sends a request it starts the next one. */
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
            chooseTurn();
            Lane lane = aloneTurn ? nextAlone() : nextInCompany();
            if (lane != null) {
                return lane;
            }
            changed.await();
        }
        return null;
    }

    private @Nullable Lane nextAlone() {
        return running == 0 && allowance.isAllOurs() ? mostDue(lane -> !lane.alone.isEmpty()) : null;
    }

    private @Nullable Lane nextInCompany() {
        return running < allowedNow() ? mostDue(Lane::hasQueued) : null;
    }

    private int allowedNow() {
        return Math.min(learned.limit(), allowance.now());
    }

    /** Whether requests that were not sent alone should yield. */
    private boolean companyShouldYield() {
        return aloneTurn || running > allowedNow() || (isTurnOver() && anyLane(lane -> !lane.alone.isEmpty()));
    }

    private boolean isTurnOver() {
        return System.nanoTime() - turnSince >= TURN;
    }

    private boolean anyLane(Predicate<Lane> condition) {
        return lanes.stream().anyMatch(condition);
    }

    private void chooseTurn() {
        boolean wanted = anyLane(lane -> !lane.alone.isEmpty());
        boolean othersWant = anyLane(Lane::hasQueued);
        if (!aloneTurn && wanted && (isTurnOver() || (running == 0 && !othersWant))) {
            startTurn(true);
        } else if (aloneTurn && !aloneOut && (!wanted || (aloneSent && othersWant && isTurnOver()))) {
            startTurn(false);
        }
    }

    private void startTurn(boolean alone) {
        aloneTurn = alone;
        aloneSent = false;
        turnSince = System.nanoTime();
        allowance.needChanged();
    }

    /** The lane with the fewest requests in flight; of several, the one that was served longest ago. */
    private @Nullable Lane mostDue(Predicate<Lane> condition) {
        return lanes.stream()
                .filter(condition)
                .min(Comparator.comparingInt((Lane lane) -> lane.inFlight).thenComparingLong(lane -> lane.servedLast))
                .orElse(null);
    }

    private void sendFirst(Lane lane) {
        Request request =
                aloneTurn ? lane.alone.remove() : lane.begun.isEmpty() ? lane.waiting.remove() : lane.begun.remove();
        long number = ++started;
        lane.servedLast = number;
        lane.inFlight++;
        boolean first = ++running == 1;
        if (aloneTurn) {
            aloneOut = true;
            turnSince = aloneSent ? turnSince : System.nanoTime();
            aloneSent = true;
        } else if (running < learned.limit()) {
            startThreadIfNeeded();
        }
        long quiet = aloneTurn || learned.limit() == 1 ? quietUntil - System.nanoTime() : 0;
        Verdict verdict = Verdict.NEUTRAL;
        lock.unlock();
        try {
            LockSupport.parkNanos(Math.max(0, quiet));
            verdict = request.send();
        } finally {
            lock.lock();
            request.sent(first && started == number && (aloneOut || allowance.isAllOurs()));
            ended(lane, verdict, number);
        }
    }

    private void ended(Lane lane, Verdict verdict, long number) {
        demand--;
        running--;
        lane.inFlight--;
        if (verdict == Verdict.NEUTRAL || verdict == Verdict.WRONG) {
            quietUntil = System.nanoTime() + QUIET;
        }
        if (aloneOut) {
            aloneOut = false;
            learned.alone(verdict);
        } else {
            learned.inCompany(verdict, number, started, allowance.learnedByOthers());
        }
        allowance.requestEnded();
        changed.signalAll();
    }
}
