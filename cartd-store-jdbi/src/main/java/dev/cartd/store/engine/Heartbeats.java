package dev.cartd.store.engine;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Tells of which steps the heartbeats have stopped, without a clock: the clocks of two nodes may differ, and one of
 * them may be set, but who lives writes another time with each heartbeat. What counts is in how many looks, a heartbeat
 * apart, one was the same; while this process stands still or has no database, it does not look. Safe for use by many
 * threads.
 */
final class Heartbeats {
    /** A process that missed so many is dead. */
    static final int MISSED = 4;

    private volatile Map<Beat, Integer> looks = Map.of();

    /**
     * The last heartbeat of a step that runs.
     *
     * @param version the lease
     * @param at by the clock of its node, in milliseconds
     */
    record Beat(String cart, long version, long at) {}

    /** Takes what one look found; to be called by one thread, no more often than nodes have heartbeats. */
    void look(List<Beat> found) {
        Map<Beat, Integer> before = looks;
        looks = found.stream()
                .collect(Collectors.toMap(Function.identity(), beat -> before.getOrDefault(beat, 0) + 1, (a, b) -> a));
    }

    /** Has what was seen so far count for nothing, since nobody could look. */
    void forget() {
        looks = Map.of();
    }

    /** Whether this was still the last one in so many looks as may be missed. */
    boolean stoppedAt(Beat beat) {
        return looks.getOrDefault(beat, 0) >= MISSED;
    }
}
