package dev.cartd.limit;

import dev.cartd.limit.RequestLimit.Verdict;
import java.util.Optional;

/**
 * How many requests at once the archive can take, as far as its answers tell. It begins with one, or with what other
 * nodes have learned; it grows while answers come back right, and shrinks to half when one comes back wrong. After it
 * has shrunk, only content that came back right counts, and the more often it had to shrink, the more of that it wants
 * to see. Where it has come down to one, that number only rises.
 *
 * <p>What comes back wrong even when it is asked for alone was not the fault of the requests beside it: that is taken
 * back. Called under the lock of its {@link RequestLimit}.
 */
final class Learned {
    /** What is wrong while there is one request at a time says little about more. */
    private static final int LONG_STREAK = 64;

    private static final int LONGEST_STREAK = 1024;

    private final int most;
    private int limit = 1;
    private boolean fresh = true;
    private boolean shrunk;
    private int streak;
    private int streakToGrow = 1;
    private long startedWhenShrunk;
    private Optional<Before> before = Optional.empty();

    /** What held before it shrank last. */
    private record Before(int limit, int streakToGrow, long startedWhenShrunk) {}

    /** One that never is over {@code most}. */
    Learned(int most) {
        this.most = most;
    }

    int limit() {
        return limit;
    }

    /** What other nodes are told: 0 before any answer. */
    int told() {
        return fresh ? 0 : limit;
    }

    /** Begins with the least that another node has learned. */
    void fromOthers(int least) {
        if (fresh) {
            limit = Math.min(most, least);
            fresh = false;
        }
    }

    /**
     * Learns from a request that may have had company.
     *
     * @param number the request's number
     * @param started the number of the request that was sent last
     * @param others the least that another node has learned
     */
    void inCompany(Verdict verdict, long number, long started, int others) {
        fresh &= verdict == Verdict.NEUTRAL;
        switch (verdict) {
            case RIGHT -> grow(others);
            case ANSWERED -> {
                if (!shrunk) {
                    grow(others);
                }
            }
            case WRONG -> {
                streak = 0;
                // Those that were out together when one came back wrong count once.
                if (number > startedWhenShrunk) {
                    shrink(started);
                }
            }
            case NEUTRAL -> {}
        }
    }

    /** Learns from a request that was sent alone after it had failed in company. */
    void alone(Verdict verdict) {
        fresh &= verdict == Verdict.NEUTRAL;
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
