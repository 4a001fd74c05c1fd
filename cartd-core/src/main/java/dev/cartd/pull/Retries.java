package dev.cartd.pull;

import dev.cartd.claim.StageSettings;
import dev.cartd.system.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;

/** The files of a round that are to be tried again: when, and whether alone. For one thread. */
final class Retries {
    /** The round ends after so many requests in a row that could not reach the archive, or use the volume. */
    private static final int AWAY_AT = 3;

    /**
     * A file whose next request is due later.
     *
     * @param due when, by {@link Timeline#nanos}
     * @param notAdmitted whether {@link Requester#admit} left it out; false if its last request failed
     */
    private record Later(long due, int index, boolean notAdmitted) {}

    private final StageSettings settings;
    private final Timeline clock;
    private final PriorityQueue<Later> later = new PriorityQueue<>(Comparator.comparingLong(Later::due));

    /** Files of which a request failed while others were out, which may be the reason: the next is sent alone. */
    private final Set<Integer> suspects = new HashSet<>();

    /** Files with bytes that arrived while other requests were out: the load may have damaged these bytes. */
    private final Set<Integer> begunInCompany = new HashSet<>();

    private int awayInARow;

    Retries(StageSettings settings, Timeline clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /** Whether no file is to be tried later. */
    boolean isEmpty() {
        return later.isEmpty();
    }

    /** Whether there are such files, and {@link Requester#admit} left out all of them. */
    boolean areAllNotAdmitted() {
        return !later.isEmpty() && later.stream().allMatch(Later::notAdmitted);
    }

    /** The time until the next file is due, never negative; empty if there is none. */
    Optional<Duration> due() {
        return Optional.ofNullable(later.peek())
                .map(first -> Duration.ofNanos(Math.max(0, first.due() - clock.nanos())));
    }

    /** Takes out the files that are due now. */
    List<Integer> takeDue() {
        List<Integer> due = new ArrayList<>();
        while (!later.isEmpty() && later.peek().due() - clock.nanos() <= 0) {
            due.add(later.remove().index());
        }
        return due;
    }

    /** Offers a file again that {@link Requester#admit} left out. */
    void offerLater(int index) {
        later.add(new Later(clock.nanos() + settings.pause().toNanos(), index, true));
    }

    /**
     * Tries a file again after a pause that grows with the number of its tries.
     *
     * @param seed spreads the tries of different requests; a number of the request and not chance, so that a run can be
     *     repeated
     * @param from when the pause begins, by {@link Timeline#nanos}
     * @param waited how long the last try waited for its turn, in nanoseconds: the next is expected to wait as long, so
     *     the pause is shorter by that
     */
    void tryLater(int index, int tries, long seed, long from, long waited) {
        double jitter = new SplittableRandom(31 * seed + tries).nextDouble(0.75, 1.25);
        long pause = (long) (settings.pauseAfter(tries).toNanos() * jitter);
        later.add(new Later(from + Math.max(0, pause - waited), index, false));
    }

    /** Whether the next request of the file is to go alone, since load may be the reason for its failure. */
    boolean isSuspect(int index) {
        return suspects.contains(index);
    }

    boolean isBegunInCompany(int index) {
        return begunInCompany.contains(index);
    }

    /** A request yielded, and left bytes. */
    void yielded(int index, boolean alone) {
        if (!alone) {
            begunInCompany.add(index);
        }
    }

    /**
     * A request failed.
     *
     * @param anew whether the next one begins at the first byte
     */
    void failed(int index, boolean alone, boolean anew) {
        if (!alone) {
            suspects.add(index);
            begunInCompany.add(index);
        }
        if (anew) {
            begunInCompany.remove(index);
        }
    }

    /** A request reached the archive, and used the volume. */
    void reached() {
        awayInARow = 0;
    }

    /** A request could not reach the archive, or use the volume. */
    void away() {
        awayInARow++;
    }

    /** How many requests in a row could not reach the archive, or use the volume. */
    int awayInARow() {
        return awayInARow;
    }

    /** Whether these are so many that the round ends. */
    boolean areFutile() {
        return awayInARow >= AWAY_AT;
    }
}
