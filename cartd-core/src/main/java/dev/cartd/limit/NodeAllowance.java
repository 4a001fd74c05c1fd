package dev.cartd.limit;

import dev.cartd.spi.RequestShares;
import dev.cartd.spi.RequestShares.Need;
import dev.cartd.spi.RequestShares.Share;
import dev.cartd.system.Elapsed;
import dev.cartd.system.Timeline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * This node's share of the requests that the archive can take from all nodes together. While the node has requests to
 * send, the share is renewed in the background, so that only the first requests wait for the shared database.
 *
 * <p>Every method must be called under the node's lock, and holds it when it calls the node. Only {@link
 * RequestShares#ask} is called without the lock, never twice at the same time.
 */
final class NodeAllowance {
    private static final System.Logger LOG = System.getLogger(NodeAllowance.class.getName());
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration PAUSE_WITHOUT_SHARE = Duration.ofMillis(200);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

    /** The share is renewed at least this often during one lease, so that one failed renewal does not end it. */
    private static final int RENEWALS_PER_LEASE = 4;

    private final RequestShares shares;
    private final Supplier<Need> node;
    private final Runnable renewed;
    private final ReentrantLock lock;
    private final Timeline timeline;
    private Share share = Share.NONE;
    private Elapsed leaseAge;
    private boolean reportedOne;
    private int reportedOut;
    private int peak;
    private boolean asking;
    private boolean failing;
    private boolean closed;

    /** The number of the planned renewal; 0 if none is planned. A renewal that has another number does nothing. */
    private long planned;

    /** The number of the renewal that was planned last. */
    private long lastPlanned;

    /**
     * @param node what the node needs now
     * @param renewed called after each answer: the share may have changed
     */
    NodeAllowance(RequestShares shares, Supplier<Need> node, Runnable renewed, ReentrantLock lock, Timeline timeline) {
        this.shares = shares;
        this.node = node;
        this.renewed = renewed;
        this.lock = lock;
        this.timeline = timeline;
        this.leaseAge = timeline.measure();
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
        return now() > 0 && (reportedOne || share.learned() == RequestShares.ALL);
    }

    /** Must be called after each request that is queued. */
    void demandGrew() {
        peak = Math.max(peak, node.get().wanted());
        if (planned == 0 && !asking) {
            renewAfter(Duration.ZERO);
        }
    }

    /** Must be called after each request that ended: other nodes may wait for its permit. */
    void requestEnded() {
        if (closed || isBackInShare()) {
            renewSoon();
        }
    }

    /** Gives unused permits back to other nodes at once, and each used permit when its request ends. */
    void nodeCloses() {
        closed = true;
        peak = 0;
        renewSoon();
    }

    /** Tells other nodes at once what this node needs now, if it has anything to send. */
    void renewSoon() {
        if (planned != 0) {
            renewAfter(Duration.ZERO);
        }
    }

    /** Whether all requests beyond the share have ended since the last answer: other nodes wait for their permits. */
    private boolean isBackInShare() {
        return reportedOut > share.allowed() && node.get().out() <= share.allowed();
    }

    private void renewAfter(Duration pause) {
        long number = ++lastPlanned;
        timeline.run(pause, () -> renew(number));
        planned = number;
    }

    private void renew(long number) {
        lock.lock();
        try {
            if (number == planned) {
                planned = 0;
                asking = true;
                Optional<Duration> pause = renew();
                asking = false;
                pause.ifPresent(this::renewAfter);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Asks for the share, and returns when to ask again; empty if the node has nothing to send any more. */
    private Optional<Duration> renew() {
        Need need = need();
        Elapsed before = timeline.measure();
        Optional<Share> answer = answer(need);
        reportedOut = need.out();
        answer.ifPresent(next -> {
            share = next;
            leaseAge = before;
            reportedOne = need.learned() == 1;
            renewed.run();
        });
        Need now = node.get();
        if (need.wanted() == 0) {
            return now.wanted() == 0 ? Optional.empty() : Optional.of(Duration.ZERO);
        }
        boolean soon = isBackInShare() || now.learned() != need.learned();
        return answer.map(next -> soon ? Duration.ZERO : pause(next)).or(() -> Optional.of(PAUSE_AFTER_FAILURE));
    }

    /**
     * Reports the peak of the demand since the last question: a step often has no request for a moment, and would lose
     * its permits if the question came at that moment.
     */
    private Need need() {
        Need need = node.get();
        int wanted = Math.max(peak, need.wanted());
        peak = 0;
        if (wanted == 0) {
            // A request that is queued while this question is out must not use the permits that it gives back.
            share = Share.NONE;
        }
        // The old share holds until the answer arrives, and may be larger than the new one.
        int mayBeOut = Math.max(need.out(), Math.min(now(), Math.max(1, need.learned())));
        return new Need(need.learned(), wanted, mayBeOut);
    }

    private Optional<Share> answer(Need need) {
        try {
            Share answer = askUnlocked(need);
            failing = false;
            return Optional.of(answer);
        } catch (RuntimeException | Error e) {
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
    private void warnOnce(Throwable e) {
        if (!failing && !closed) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "this node cannot ask for its share of the requests, and sends none once its lease is over: {0}",
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
