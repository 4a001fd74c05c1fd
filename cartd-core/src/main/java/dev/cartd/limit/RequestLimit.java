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
 * The most requests that one archive is sent at once, over all methods and all carts, shared out fairly among carts.
 * How many that are is {@link Learned} from the answers. It does not run ahead of what other nodes have learned: with a
 * part of the requests only, right answers prove nothing about more.
 *
 * <p>A request that failed in company is sent again {@linkplain Lane#alone alone}: then no other request is out, from
 * this node or any other, and what comes back is the archive's own doing. Such requests and all others take turns of a
 * second.
 *
 * <p>What this node may have out of that is its {@link NodeAllowance}. Requests run on threads of its own, at most as many
 * as the limit may ever be. Safe for use by many threads.
 */
public final class RequestLimit implements AutoCloseable {
    private static final long TURN = Duration.ofSeconds(1).toNanos();

    /** An archive goes on for a moment with what was broken off: it does not know yet. */
    private static final long QUIET = Duration.ofMillis(100).toNanos();

    /** What an answer says about how much the archive can take. */
    public enum Verdict {
        /** Content came back as it should. */
        RIGHT,
        /** An answer without content came back as it should. */
        ANSWERED,
        /** It came back damaged, or not in time: perhaps because of others at the same moment. */
        WRONG,
        /** It says nothing about that. */
        NEUTRAL
    }

    /** One request to the archive; never throws. */
    @FunctionalInterface
    public interface Request {
        Verdict send();

        /**
         * Called once it was sent.
         *
         * @param alone whether no other request was out at the archive all the while, from this node or any other
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

    /** Whether it is the turn of those requests that are sent alone; the rest comes to its end, or makes room. */
    private boolean aloneTurn;

    /** Whether one of them is out. */
    private boolean aloneOut;

    /** Whether one of them was sent in this turn. */
    private boolean aloneBegun;

    private long turnSince = System.nanoTime() - TURN;
    private long quietUntil = System.nanoTime();

    /**
     * A limit that is never over {@code most}, which is 1 or more, for all nodes that have these shares, by this wall
     * clock.
     */
    public RequestLimit(int most, RequestShares shares, InstantSource clock) {
        if (most < 1) {
            throw new IllegalArgumentException("at least one request at once, not " + most);
        }
        this.most = most;
        this.learned = new Learned(most);
        this.allowance = new NodeAllowance(shares, new Sending(), lock, clock);
    }

    /** What the allowance is asked for. */
    private final class Sending implements NodeAllowance.Node {
        @Override
        public int learned() {
            return aloneTurn ? 1 : learned.told();
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
            int theirs = allowance.learnedByOthers();
            if (theirs > 0 && theirs < RequestShares.ALL) {
                learned.fromOthers(theirs);
            }
            startThreadIfNeeded();
            changed.signalAll();
        }
    }

    /** A cart's place among the others. */
    public final class Lane implements AutoCloseable {
        private final Deque<Request> waiting = new ArrayDeque<>();
        private final Deque<Request> begun = new ArrayDeque<>();
        private final Deque<Request> alone = new ArrayDeque<>();
        private int inFlight;
        private long servedLast;

        /** Has the request sent when it is its turn. */
        public void add(Request request) {
            add(() -> waiting.add(request));
        }

        /** Has a request that made room for others sent again when it is its turn. */
        public void again(Request request) {
            add(() -> {
                begun.add(request);
                goBehind();
            });
        }

        /** Has the request sent when it is its turn and no other one is out, from this node or any other. */
        public void alone(Request request) {
            add(() -> alone.add(request));
        }

        /** The same for one that made room for others; it comes before those that have not begun. */
        public void aloneAgain(Request request) {
            add(() -> {
                alone.addFirst(request);
                goBehind();
            });
        }

        /** Who made room is served after all that wait, new ones included. */
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

        /** Takes back what was never sent yet, but for what is sent alone, and answers how many those were. */
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

        /** Takes back what is not out now, and answers how many those were. */
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
         * Whether a long request had better make room: another lane waits and has nothing in flight, one is to be sent
         * alone, or more are out than may be, and other nodes wait for that.
         */
        public boolean othersStarve() {
            lock.lock();
            try {
                return aloneOut ? othersWantTurn() : companyIsToEnd() || othersWait();
            } finally {
                lock.unlock();
            }
        }

        private boolean othersWait() {
            return lanes.stream().anyMatch(other -> other != this && other.inFlight == 0 && other.wantsTurn());
        }

        /** For a request that is out alone. */
        private boolean othersWantTurn() {
            boolean wanted =
                    lanes.stream().anyMatch(other -> other.wantsTurn() || (other != this && !other.alone.isEmpty()));
            return running > allowance.now() || (isTurnOver() && wanted);
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

    /** How many requests may be out at once now. */
    public int current() {
        lock.lock();
        try {
            return learned.limit();
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
        return running < mostNow() ? mostDue(Lane::wantsTurn) : null;
    }

    private int mostNow() {
        return Math.min(learned.limit(), allowance.now());
    }

    /** Whether those that are out together had better come to their end. */
    private boolean companyIsToEnd() {
        return aloneTurn || running > mostNow() || (isTurnOver() && isAny(lane -> !lane.alone.isEmpty()));
    }

    private boolean isTurnOver() {
        return System.nanoTime() - turnSince >= TURN;
    }

    private boolean isAny(Predicate<Lane> so) {
        return lanes.stream().anyMatch(so);
    }

    private void chooseTurn() {
        boolean wanted = isAny(lane -> !lane.alone.isEmpty());
        boolean othersWant = isAny(Lane::wantsTurn);
        if (!aloneTurn && wanted && (isTurnOver() || (running == 0 && !othersWant))) {
            turn(true);
        } else if (aloneTurn && !aloneOut && (!wanted || (aloneBegun && othersWant && isTurnOver()))) {
            turn(false);
        }
    }

    private void turn(boolean alone) {
        aloneTurn = alone;
        aloneBegun = false;
        turnSince = System.nanoTime();
        allowance.needChanged();
    }

    /** The lane with the fewest requests in flight; of those, the one that was served longest ago. */
    private @Nullable Lane mostDue(Predicate<Lane> wants) {
        return lanes.stream()
                .filter(wants)
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
            turnSince = aloneBegun ? turnSince : System.nanoTime();
            aloneBegun = true;
        } else if (running < learned.limit()) {
            startThreadIfNeeded();
        }
        long noise = aloneTurn || learned.limit() == 1 ? quietUntil - System.nanoTime() : 0;
        Verdict verdict = Verdict.NEUTRAL;
        lock.unlock();
        try {
            LockSupport.parkNanos(Math.max(0, noise));
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
