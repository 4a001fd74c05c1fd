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
 * This node's share of the requests that the archive can take from all nodes together. While the node has requests to
 * send, a thread named {@code cartd-shares} renews the share, so that only the first requests wait for the shared
 * database.
 *
 * <p>Every method must be called under the node's lock, and calls the node back under it. Only the call of
 * {@link RequestShares#ask} is made without the lock.
 */
final class NodeAllowance {
    private static final System.Logger LOG = System.getLogger(NodeAllowance.class.getName());
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration PAUSE_WITHOUT_SHARE = Duration.ofMillis(200);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

    /** The share is renewed at least this often during one lease, so that one failed renewal does not end it. */
    private static final int RENEWALS_PER_LEASE = 4;

    /** The node's side: what it needs, and the notification of a new share. */
    interface Node {
        /** The limit of requests at once that this node has learned; 0 before it has learned one. */
        int learned();

        /** The number of requests that are out or wait to be sent. */
        int demand();

        /** The number of requests that are out. */
        int out();

        /** Called after each answer: the share may have changed. */
        void shareRenewed();
    }

    private final RequestShares shares;
    private final Node node;
    private final ReentrantLock lock;
    private final Condition due;
    private Need lastNeed = new Need(0, 0, 0);
    private Need answeredNeed = lastNeed;
    private Share share = Share.NONE;
    private final InstantSource clock;
    private Elapsed leaseAge;
    private int peakDemand;
    private boolean needIsNew;
    private boolean asking;
    private boolean closed;
    private boolean failing;

    /** @param clock the wall clock: leases go on while the machine is suspended, and so does this clock */
    NodeAllowance(RequestShares shares, Node node, ReentrantLock lock, InstantSource clock) {
        this.shares = shares;
        this.node = node;
        this.lock = lock;
        this.due = lock.newCondition();
        this.clock = clock;
        this.leaseAge = new Elapsed(clock);
    }

    /** The number of requests that may be out now; 0 once the lease has ended. */
    int now() {
        return leaseAge.reached(share.lease()) ? 0 : share.allowed();
    }

    /** The smallest limit that another node has learned, as {@link Share#learned} defines it. */
    int learnedByOthers() {
        return share.learned();
    }

    /**
     * Whether no other node has a request out, or sends one while this node has one out. That is so when no other node
     * wants to send, or when this node has reported a limit of one and holds that one permit.
     */
    boolean isAllOurs() {
        return now() > 0 && (share.learned() == RequestShares.ALL || answeredNeed.learned() == 1);
    }

    /** Must be called when the need has changed and other nodes should know at once. */
    void needChanged() {
        needIsNew = true;
        due.signal();
    }

    /** Must be called after each request that is queued. */
    void demandGrew() {
        peakDemand = Math.max(peakDemand, demand());
        if (!asking && peakDemand > 0) {
            asking = true;
            Thread thread = new Thread(this::askRepeatedly, "cartd-shares");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Must be called after each request that ended: another node may wait for its permit. */
    void requestEnded() {
        if (hasPermitsToReport()) {
            due.signal();
        }
    }

    /** Gives unused permits back to other nodes at once, and the others as their requests end. */
    void close() {
        closed = true;
        peakDemand = 0;
        due.signal();
    }

    private int demand() {
        return closed ? node.out() : node.demand();
    }

    /**
     * Whether this node has permits back for which other nodes wait: those beyond its share that the last question
     * reported as out, or, once closed, all.
     */
    private boolean hasPermitsToReport() {
        boolean isBack = lastNeed.out() > share.allowed() && node.out() <= share.allowed();
        return isBack || (closed && node.out() == 0);
    }

    private void askRepeatedly() {
        lock.lock();
        try {
            do {
                due.awaitNanos(ask().toNanos());
            } while (lastNeed.wanted() > 0 || demand() > 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            asking = false;
            lock.unlock();
        }
    }

    /** Asks once, and returns the pause before the next question. */
    private Duration ask() {
        lastNeed = need();
        needIsNew = false;
        Elapsed before = new Elapsed(clock);
        Optional<Share> answer = answer(lastNeed);
        if (answer.isPresent()) {
            share = answer.get();
            answeredNeed = lastNeed;
            leaseAge = before;
            node.shareRenewed();
        }
        return lastNeed.wanted() == 0 || needIsNew || hasPermitsToReport()
                ? Duration.ZERO
                : answer.map(NodeAllowance::pause).orElse(PAUSE_AFTER_FAILURE);
    }

    /**
     * Reports the peak of the demand since the last question: a step often has no request for a moment, and would lose
     * its permits if the question fell into it.
     */
    private Need need() {
        int wanted = Math.max(peakDemand, demand());
        peakDemand = 0;
        if (wanted == 0) {
            // A request that is queued while this question is out must not use the permits that it gives back.
            share = Share.NONE;
        }
        // The old share holds until the answer arrives, and may be larger than the new one.
        int mayBeOut = Math.max(node.out(), Math.min(now(), Math.max(1, node.learned())));
        return new Need(node.learned(), wanted, mayBeOut);
    }

    private Optional<Share> answer(Need need) {
        try {
            Share answer = askUnlocked(need);
            failing = false;
            return Optional.of(answer);
        } catch (RuntimeException e) {
            warnOnce(e);
            return Optional.empty();
        }
    }

    private Share askUnlocked(Need need) {
        lock.unlock();
        try {
            return shares.ask(need);
        } finally {
            lock.lock();
        }
    }

    /** Logs the first of several failures in a row only. */
    private void warnOnce(RuntimeException e) {
        if (!failing && !closed) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "how many requests this node may send cannot be asked, it sends none when its lease is over: {0}",
                    String.valueOf(e.getMessage()));
        }
        failing = true;
    }

    private static Duration pause(Share share) {
        Duration pause = share.allowed() == 0 ? PAUSE_WITHOUT_SHARE : PAUSE;
        Duration longest = share.lease().dividedBy(RENEWALS_PER_LEASE);
        return pause.compareTo(longest) < 0 ? pause : longest;
    }
}
