package dev.cartd.cli.metrics;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counts notices.
 *
 * @param sent those that arrived
 * @param failed tries that failed
 * @param givenUp those that were given up
 */
public record NoticeCounts(LongAdder sent, LongAdder failed, LongAdder givenUp) {
    /** All are zero. */
    public NoticeCounts() {
        this(new LongAdder(), new LongAdder(), new LongAdder());
    }
}
