package dev.cartd.system;

import java.time.Duration;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Measures how long ago a lease began, by two clocks, since either may show too little: the monotonic clock may stand
 * still while the machine is suspended, and the wall clock may be set back. The longer time counts, because a lease
 * that ends too early only has to be renewed, while a lease that ends too late does harm. Safe for use by many threads.
 */
public final class Elapsed {
    private final InstantSource wall;
    private final LongSupplier nanos;
    private volatile Start start;

    private record Start(long nanos, long millis) {}

    /** Begins to measure now, by these two clocks; {@code nanos} is like {@link System#nanoTime}. */
    public Elapsed(InstantSource wall, LongSupplier nanos) {
        this.wall = wall;
        this.nanos = nanos;
        this.start = now();
    }

    private Start now() {
        return new Start(nanos.getAsLong(), wall.millis());
    }

    /** Begins to measure again, from now on. */
    public void restart() {
        start = now();
    }

    /** The time since the begin or the last {@link #restart}; never negative. */
    public Duration time() {
        Start now = now();
        Start begun = start;
        Duration monotonic = Duration.ofNanos(now.nanos - begun.nanos);
        Duration shown = Duration.ofMillis(now.millis - begun.millis);
        return monotonic.compareTo(shown) > 0 ? monotonic : shown;
    }

    /** Whether {@link #time} is {@code limit} or more. */
    public boolean reached(Duration limit) {
        return time().compareTo(limit) >= 0;
    }
}
