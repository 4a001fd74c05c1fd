package dev.cartd.limit;

import dev.cartd.spi.RequestShares;
import dev.cartd.spi.RequestShares.Need;
import dev.cartd.spi.RequestShares.Share;
import dev.cartd.system.Elapsed;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many requests this node may have out, of those that the archive can take from all nodes together. While there is
 * something to send, a thread of its own asks for that, so that no request waits for an answer but the first ones.
 *
 * <p>All is called, and calls its node, under the node's lock; only the question itself is asked without it.
 */
final class NodeAllowance {
    private static final System.Logger LOG = System.getLogger(NodeAllowance.class.getName());
    private static final Duration EVERY = Duration.ofMillis(500);
    private static final Duration WITHOUT = Duration.ofMillis(200);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    /** A lease is asked for anew long before it ends. */
    private static final int IN_A_LEASE = 4;

    /** What this node wants. */
    interface Node {
        /** How many requests at once it has learned that the archive can take; 0 before it has learned anything. */
        int learned();

        /** How many are out, or wait to be sent. */
        int demand();

        /** How many are out. */
        int out();

        /** How many may be out has changed, perhaps. */
        void heard();
    }

    private final RequestShares shares;
    private final Node node;
    private final ReentrantLock lock;
    private final Condition due;
    private Need told = new Need(0, 0, 0);
    private Need answered = told;
    private Share share = Share.NONE;
    private final InstantSource clock;
    private Elapsed leased;
    private int mostDemand;
    private boolean newNeed;
    private boolean asking;
    private boolean closed;
    private boolean failing;

    /** @param clock the wall clock, which goes on while the machine is suspended: so do leases */
    NodeAllowance(RequestShares shares, Node node, ReentrantLock lock, InstantSource clock) {
        this.shares = shares;
        this.node = node;
        this.lock = lock;
        this.due = lock.newCondition();
        this.clock = clock;
        this.leased = new Elapsed(clock);
    }

    /** How many requests may be out now. */
    int now() {
        return leased.reached(share.lease()) ? 0 : share.allowed();
    }

    /** The least that another node has learned. */
    int learnedByOthers() {
        return share.learned();
    }

    /**
     * Whether no other node has a request out, nor sends one while this node has one out: none wants to send, or this
     * node says that the archive can take one request only, and has it.
     */
    boolean isAllOurs() {
        return now() > 0 && (share.learned() == RequestShares.ALL || answered.learned() == 1);
    }

    /** To be told when what the node would say is new, and should be said at once. */
    void needChanged() {
        newNeed = true;
        due.signal();
    }

    /** To be told whenever there is something more to send. */
    void demandGrew() {
        mostDemand = Math.max(mostDemand, demand());
        if (!asking && mostDemand > 0) {
            asking = true;
            Thread thread = new Thread(this::askOn, "cartd-shares");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** To be told whenever a request has ended: others may wait to hear of it. */
    void requestEnded() {
        if (isOwed()) {
            due.signal();
        }
    }

    /** Sends nothing new: all that is not out goes to others now, the rest as it comes back. */
    void close() {
        closed = true;
        mostDemand = 0;
        due.signal();
    }

    private int demand() {
        return closed ? node.out() : node.demand();
    }

    /** Whether others were told that more is out than now is, and wait for that. */
    private boolean isOwed() {
        boolean isBack = told.out() > share.allowed() && node.out() <= share.allowed();
        return isBack || (closed && node.out() == 0);
    }

    private void askOn() {
        lock.lock();
        try {
            do {
                due.awaitNanos(ask().toNanos());
            } while (told.wanted() > 0 || demand() > 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            asking = false;
            lock.unlock();
        }
    }

    /** Asks once, and tells after how long to ask again. */
    private Duration ask() {
        told = need();
        newNeed = false;
        Elapsed before = new Elapsed(clock);
        Optional<Share> answer = answer(told);
        if (answer.isPresent()) {
            share = answer.get();
            answered = told;
            leased = before;
            node.heard();
        }
        return told.wanted() == 0 || newNeed || isOwed()
                ? Duration.ZERO
                : answer.map(NodeAllowance::pause).orElse(AFTER_FAILURE);
    }

    /** What was wanted for a moment since it was told last counts: a step has pauses that are shorter than ours. */
    private Need need() {
        int wanted = Math.max(mostDemand, demand());
        mostDemand = 0;
        if (wanted == 0) {
            share = Share.NONE; // What comes while this is told must not be sent on what is being given back.
        }
        // The answer may be less than what holds until it is here.
        int mayBeOut = Math.max(node.out(), Math.min(now(), Math.max(1, node.learned())));
        return new Need(node.learned(), wanted, mayBeOut);
    }

    private Optional<Share> answer(Need need) {
        try {
            Share answer = unlocked(need);
            failing = false;
            return Optional.of(answer);
        } catch (RuntimeException e) {
            complain(e);
            return Optional.empty();
        }
    }

    private Share unlocked(Need need) {
        lock.unlock();
        try {
            return shares.ask(need);
        } finally {
            lock.lock();
        }
    }

    /** Once, not each time. */
    private void complain(RuntimeException e) {
        if (!failing && !closed) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "how many requests this node may send cannot be asked, it sends none when its lease is over: {0}",
                    String.valueOf(e.getMessage()));
        }
        failing = true;
    }

    private static Duration pause(Share share) {
        Duration pause = share.allowed() == 0 ? WITHOUT : EVERY;
        Duration most = share.lease().dividedBy(IN_A_LEASE);
        return pause.compareTo(most) < 0 ? pause : most;
    }
}
