package dev.cartd.limit;

import dev.cartd.limit.RequestLimit.Verdict;
import dev.cartd.spi.RequestShares;
import java.util.Optional;

/**
 * The limit of requests at once that this node derives from the archive's answers. The limit begins at one, or at what
 * other nodes have learned. It grows by one after a streak of right answers and is halved by a wrong one. After the
 * first halving only right answers with content count, and each halving doubles the streak that the next growth needs.
 * Growth halves that streak again, except at a limit of one.
 *
 * <p>A request that fails in company and again when it is sent alone was not damaged by the other requests: the last
 * halving is undone. Not thread-safe: every call needs the lock of the {@link RequestLimit}.
 */
final class Learned {
    /**
     * Most right answers that failures at a limit of one can require: such failures say little about a higher limit.
     */
    private static final int LONG_STREAK = 64;

    /** Most right answers that failures at a higher limit can require. */
    private static final int LONGEST_STREAK = 1024;

    private final int most;
    private int limit = 1;
    private boolean learnedNothing = true;
    private boolean shrunk;
    private int streak;
    private int streakToGrow = 1;
    private long startedWhenShrunk;
    private Optional<Before> before = Optional.empty();

    /** The state before the last halving. */
    private record Before(int limit, int streakToGrow, long startedWhenShrunk) {}

    /**
     * @param most the highest value that the limit may reach; 1 or more
     * @throws IllegalArgumentException if {@code most} is less than 1
     */
    Learned(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("the limit of requests must be 1 or more, not " + most);
        }
        this.most = most;
    }

    int limit() {
        return limit;
    }

    /** The limit to report to other nodes; 0 while this node has neither learned one nor taken one over. */
    int reported() {
        return learnedNothing ? 0 : limit;
    }

    /**
     * Takes over the smallest limit that another node has learned, unless this node has learned one itself.
     *
     * @param smallest as {@link RequestShares.Share#learned} defines it
     */
    void fromOthers(int smallest) {
        if (learnedNothing && smallest > 0 && smallest < RequestShares.ALL) {
            limit = Math.min(most, smallest);
            learnedNothing = false;
        }
    }

    /**
     * Learns from a request that other requests may have run beside.
     *
     * @param number the request's number; requests are numbered in the order in which they are sent
     * @param started the number of the request that was sent last
     * @param others the smallest limit that another node has learned; 0 if none has
     */
    void inCompany(Verdict verdict, long number, long started, int others) {
        learnedNothing &= verdict == Verdict.NEUTRAL;
        switch (verdict) {
            case RIGHT -> grow(others);
            case ANSWERED -> {
                if (!shrunk) {
                    grow(others);
                }
            }
            case WRONG -> {
                streak = 0;
                // Wrong answers to requests that were out at the same time halve the limit once.
                if (number > startedWhenShrunk) {
                    shrink(started);
                }
            }
            case NEUTRAL -> {}
        }
    }

    /** Learns from a request that was sent alone because it had failed beside others. */
    void alone(Verdict verdict) {
        learnedNothing &= verdict == Verdict.NEUTRAL;
        switch (verdict) {
            case RIGHT, ANSWERED -> before = Optional.empty();
            case WRONG -> before.ifPresent(this::restore);
            case NEUTRAL -> {}
        }
    }

    private void grow(int others) {
        if (++streak < streakToGrow) {
            return;
        }
        if (limit < most && limit <= Math.max(1, others)) {
            streakToGrow = limit == 1 ? streakToGrow : Math.max(1, streakToGrow / 2);
            limit++;
            streak = 0;
        }
    }

    private void shrink(long started) {
        before = Optional.of(new Before(limit, streakToGrow, startedWhenShrunk));
        int longest = limit == 1 ? Math.max(LONG_STREAK, streakToGrow) : LONGEST_STREAK;
        streakToGrow = Math.min(longest, streakToGrow * 2);
        limit = Math.max(1, limit / 2);
        startedWhenShrunk = started;
        shrunk = true;
    }

    private void restore(Before then) {
        limit = Math.max(limit, then.limit());
        streakToGrow = then.streakToGrow();
        startedWhenShrunk = then.startedWhenShrunk();
        before = Optional.empty();
    }
}
