package dev.cartd.cli.metrics;

import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * How long something took, by the number of times in each of a few ranges. It is own code since it must count from the
 * start, and no library may be loaded then. Safe for use by many threads.
 */
final class Latency {
    /** The upper bounds of the ranges, in seconds. */
    private static final double[] BOUNDS = {
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, Double.POSITIVE_INFINITY
    };

    private static final double NANOS = 1e9;

    private final LongAdder[] counts =
            Stream.generate(LongAdder::new).limit(BOUNDS.length).toArray(LongAdder[]::new);
    private final LongAdder nanos = new LongAdder();

    /** Counts something that began at this {@link System#nanoTime} and ends now. */
    void endedNow(long begun) {
        add(System.nanoTime() - begun);
    }

    void add(long took) {
        double seconds = took / NANOS;
        int range = 0;
        while (seconds > BOUNDS[range]) {
            range++;
        }
        counts[range].increment();
        nanos.add(took);
    }

    /** The upper bounds of the ranges, in seconds; the last one is infinite. */
    static double[] bounds() {
        return BOUNDS.clone();
    }

    /** How many times there were in each range, and not in those below. */
    long[] counts() {
        return Stream.of(counts).mapToLong(LongAdder::sum).toArray();
    }

    /** The sum of all times. */
    double seconds() {
        return nanos.sum() / NANOS;
    }
}
