package dev.cartd.limit;

import dev.cartd.spi.RequestShares;
import dev.cartd.spi.RequestShares.Need;
import dev.cartd.system.Elapsed;
import dev.cartd.system.Timeline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Limits how many requests the archive gets at once, over all methods and all carts, and divides them fairly among
 * carts. {@link Learned} derives the limit from the archive's answers; {@link NodeAllowance} holds this node's share of
 * it. The limit grows at most one beyond the smallest limit that another node has learned: a node that sends only its
 * share cannot tell from right answers that the archive could take more.
 *
 * <p>A request that failed while others were out is sent again {@linkplain Request#isAlone alone}: no other request is
 * out then, from this node or another, so that a failure is not an effect of load. Requests to be sent alone and all
 * other requests alternate, in turns of a second.
 *
 * <p>No method waits. When a request comes, a request ends or the share changes, a background thread is started if a
 * request may be sent now. That thread sends one request after the other until none may be sent. There are at most as
 * many threads as requests may be out, and one that asks for the share. The time for a request grows with the logarithm
 * of the number of lanes. Safe for use by many threads.
 */
public final class RequestLimit implements AutoCloseable {
    private static final Duration TURN = Duration.ofSeconds(1);

    /**
     * The pause after a request that failed or was broken off, while the limit is one: the archive may still be at work
     * on that request.
     */
    private static final Duration QUIET = Duration.ofMillis(100);

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

        /** Whether this is sent only while no other request is out, from this node or another. Never changes. */
        default boolean isAlone() {
            return false;
        }

        /**
         * Called after {@link #send} returned, under the lock of the limit: must not block.
         *
         * @param alone whether no other request was out, from this node or another, while this one was
         */
        default void sent(boolean alone) {}
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Timeline timeline;
    private final Learned learned;
    private final NodeAllowance allowance;

    /** The lanes with requests that may be sent beside others; the first one is served next. */
    private final TreeSet<Lane> queued = new TreeSet<>(Lane.MOST_DUE);

    /** The lanes with requests to be sent alone; the first one is served next. */
    private final TreeSet<Lane> queuedAlone = new TreeSet<>(Lane.MOST_DUE);

    private long lanes;
    private int threads;
    private int demand;
    private int running;
    private long started;
    private boolean closed;

    /** The number of requests that failed or were broken off less than {@link #QUIET} ago. */
    private int recentFailures;

    /** How long the present turn, of requests to be sent alone or of all others, has lasted. */
    private final Elapsed turn;

    /** Whether it is the turn of requests to be sent alone: all others end or yield, and none is sent. */
    private boolean aloneTurn;

    /** Whether a request was sent alone in this turn. */
    private boolean aloneSent;

    /** Whether a request that is sent alone is out. */
    private boolean aloneOut;

    /**
     * A limit for all nodes that use the same shares.
     *
     * @param most the highest value that the limit may reach; 1 or more
     * @param timeline has the threads that send requests and renew the share
     * @throws IllegalArgumentException if {@code most} is less than 1
     */
    public RequestLimit(int most, RequestShares shares, Timeline timeline) {
        this.timeline = timeline;
        this.turn = timeline.measure();
        this.learned = new Learned(most);
        this.allowance = new NodeAllowance(shares, this::need, this::shareRenewed, lock, timeline);
    }

    private Need need() {
        return new Need(aloneTurn ? 1 : learned.reported(), closed ? running : demand, running);
    }

    private void shareRenewed() {
        learned.fromOthers(allowance.learnedByOthers());
        startThreadIfNeeded();
    }

    /** The queue of one cart's requests. Safe for use by many threads. */
    public final class Lane implements AutoCloseable {
        /** The lane with the fewest requests in flight; of several, the one that was served longest ago. */
        private static final Comparator<Lane> MOST_DUE = Comparator.comparingInt((Lane lane) -> lane.inFlight)
                .thenComparingLong(lane -> lane.servedLast)
                .thenComparingLong(lane -> lane.number);

        private final Deque<Request> waiting = new ArrayDeque<>();
        private final Deque<Request> begun = new ArrayDeque<>();
        private final Deque<Request> alone = new ArrayDeque<>();
        private final long number = ++lanes;
        private int inFlight;
        private long servedLast = started;

        private Lane() {}

        /** Queues a new request. */
        public void add(Request request) {
            queue(() -> (request.isAlone() ? alone : waiting).addLast(request));
        }

        /** Queues a request that yielded: it precedes new requests of this lane, and this lane follows all others. */
        public void again(Request request) {
            queue(() -> {
                if (request.isAlone()) {
                    alone.addFirst(request);
                } else {
                    begun.addLast(request);
                }
                servedLast = started + 1;
            });
        }

        private void queue(Runnable add) {
            withLock(() -> {
                change(add);
                demand++;
                allowance.demandGrew();
                startThreadIfNeeded();
            });
        }

        /** Changes this lane, and so its place among the lanes that are to be served. */
        private void change(Runnable change) {
            queued.remove(this);
            queuedAlone.remove(this);
            change.run();
            if (!waiting.isEmpty() || !begun.isEmpty()) {
                queued.add(this);
            }
            if (!alone.isEmpty()) {
                queuedAlone.add(this);
            }
        }

        /** Removes the requests that were never sent, except those to be sent alone, and returns their number. */
        public int takeBack() {
            return remove(List.of(waiting));
        }

        /** Removes all requests that are not out now, and returns their number. */
        public int clear() {
            return remove(List.of(waiting, begun, alone));
        }

        private int remove(List<Deque<Request>> queues) {
            return locked(() -> {
                int count = queues.stream().mapToInt(Deque::size).sum();
                change(() -> queues.forEach(Deque::clear));
                demand -= count;
                startThreadIfNeeded();
                return count;
            });
        }

        /** The queue of the request that is sent next. */
        private Deque<Request> next() {
            return aloneTurn ? alone : begun.isEmpty() ? waiting : begun;
        }

        /**
         * Whether a long request of this lane, which is out now, should yield: another lane waits and has nothing in
         * flight, the turn of requests to be sent alone has come, or more requests are out than this node may have. A
         * request that was sent alone should yield when its turn is over and others wait, or when the node may have no
         * request out.
         */
        public boolean shouldYield() {
            return locked(() -> aloneOut ? aloneShouldYield() : companyShouldYield());
        }

        private boolean aloneShouldYield() {
            boolean othersWait = !queued.isEmpty() || queuedAlone.size() > (alone.isEmpty() ? 0 : 1);
            return running > allowance.now() || (othersWait && isTurnOver());
        }

        private boolean companyShouldYield() {
            boolean laneStarves = !queued.isEmpty() && queued.first().inFlight == 0;
            return laneStarves || aloneTurn || running > allowedNow() || (!queuedAlone.isEmpty() && isTurnOver());
        }

        /** Removes this lane, with all its requests that are not out. */
        @Override
        public void close() {
            clear();
        }
    }

    /** Opens a lane for one cart, behind those that exist. */
    public Lane open() {
        return locked(Lane::new);
    }

    /** The learned limit for all nodes: the number of requests that may be out at once now; 1 or more. */
    public int current() {
        return locked(learned::limit);
    }

    /** Sends no more requests. Requests that are out go on, and each thread ends after its own. */
    @Override
    public void close() {
        withLock(() -> {
            closed = true;
            allowance.nodeCloses();
        });
    }

    private <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    private void withLock(Runnable work) {
        lock.lock();
        try {
            work.run();
        } finally {
            lock.unlock();
        }
    }

    /** One thread that has no request yet is enough: as soon as it has one, it starts the next thread. */
    private void startThreadIfNeeded() {
        if (threads == running && due() != null) {
            timeline.run(Duration.ZERO, this::serve);
            threads++;
        }
    }

    private void serve() {
        lock.lock();
        try {
            for (Lane lane = due(); lane != null; lane = due()) {
                send(lane);
            }
        } finally {
            threads--;
            lock.unlock();
        }
    }

    /** The lane whose next request may be sent now; null if there is none. */
    private @Nullable Lane due() {
        chooseTurn();
        TreeSet<Lane> due = aloneTurn ? queuedAlone : queued;
        boolean maySend = running < allowedNow() && (!aloneTurn || allowance.isAllOurs());
        boolean mustPause = recentFailures > 0 && limit() == 1;
        return closed || due.isEmpty() || !maySend || mustPause ? null : due.first();
    }

    /** A limit of one keeps other nodes from sending too while this one sends a request alone. */
    private int limit() {
        return aloneTurn ? 1 : learned.limit();
    }

    private int allowedNow() {
        return Math.min(limit(), allowance.now());
    }

    private void chooseTurn() {
        boolean aloneWanted = !queuedAlone.isEmpty();
        boolean othersWanted = !queued.isEmpty();
        if (!aloneTurn && aloneWanted && ((running == 0 && !othersWanted) || isTurnOver())) {
            startTurn(true);
        } else if (aloneTurn && !aloneOut && (!aloneWanted || (aloneSent && othersWanted && isTurnOver()))) {
            startTurn(false);
        }
    }

    private void startTurn(boolean alone) {
        aloneTurn = alone;
        aloneSent = false;
        turn.restart();
        allowance.renewSoon();
    }

    private boolean isTurnOver() {
        return turn.reached(TURN);
    }

    private void send(Lane lane) {
        Deque<Request> queue = lane.next();
        Request request = queue.element();
        long number = ++started;
        boolean first = ++running == 1;
        lane.change(() -> {
            queue.remove();
            lane.servedLast = number;
            lane.inFlight++;
        });
        if (aloneTurn && !aloneSent) {
            turn.restart();
        }
        aloneOut = aloneTurn;
        aloneSent = aloneTurn;
        startThreadIfNeeded();
        Verdict verdict = Verdict.NEUTRAL;
        lock.unlock();
        try {
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
        lane.change(() -> lane.inFlight--);
        if (verdict == Verdict.NEUTRAL || verdict == Verdict.WRONG) {
            recentFailures++;
            timeline.run(QUIET, this::forgetFailure);
        }
        if (aloneOut) {
            aloneOut = false;
            learned.alone(verdict);
        } else {
            learned.inCompany(verdict, number, started, allowance.learnedByOthers());
        }
        allowance.requestEnded();
    }

    private void forgetFailure() {
        withLock(() -> {
            recentFailures--;
            startThreadIfNeeded();
        });
    }
}
