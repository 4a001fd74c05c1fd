package dev.cartd.store.engine;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Detects steps whose heartbeats have stopped, without comparing clocks: clocks of nodes differ and may be set, but a
 * live node writes a new time with each heartbeat. This counts how often, one heartbeat interval apart, the same time was
 * read. While this process is suspended or has no database, nothing is counted. Safe for use by many
 * threads.
 */
final class Heartbeats {
    /** A process that missed this many heartbeats is taken for dead. */
    static final int MISSED = 4;

    private volatile Map<Beat, Integer> counts = Map.of();

    /**
     * The last heartbeat of a running step.
     *
     * @param cart the cart's id, as db-scheduler's instance name
     * @param version the version of the lease
     * @param at the time of the heartbeat by the clock of its node, in milliseconds since 1970
     */
    record Beat(String cart, long version, long at) {}

    /** Counts the heartbeats that were read now. To be called by one thread, and no more often than once in a heartbeat interval. */
    void count(List<Beat> found) {
        Map<Beat, Integer> before = counts;
        counts = found.stream()
                .collect(Collectors.toMap(Function.identity(), beat -> before.getOrDefault(beat, 0) + 1, (a, b) -> a));
    }

    /** Resets all counts, after heartbeats could not be read. */
    void forget() {
        counts = Map.of();
    }

    /** Whether this heartbeat was read unchanged {@link #MISSED} times. */
    boolean stoppedAt(Beat beat) {
        return counts.getOrDefault(beat, 0) >= MISSED;
    }
}
