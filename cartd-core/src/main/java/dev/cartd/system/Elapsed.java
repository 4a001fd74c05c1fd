package dev.cartd.system;

import java.time.Duration;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Measures how long ago a lease began, by two clocks, since each of them may tell too little: the monotonic clock
 * stands still while the machine is suspended, and the wall clock may be set back. The longer time counts: a lease that
 * ends too early costs a question, one that ends too late does harm. Safe for use by many threads.
 */
public final class Elapsed {
    private final InstantSource wall;
    private final LongSupplier nanos;
    private volatile Start start;

    private record Start(long nanos, long millis) {}

    /** Begins now, by this wall clock. */
    public Elapsed(InstantSource wall) {
        this(wall, System::nanoTime);
    }

    Elapsed(InstantSource wall, LongSupplier nanos) {
        this.wall = wall;
        this.nanos = nanos;
        this.start = now();
    }

    private Start now() {
        return new Start(nanos.getAsLong(), wall.millis());
    }

    /** Begins anew, now. */
    public void restart() {
        start = now();
    }

    /** How long ago that was; never below zero. */
    public Duration time() {
        Start now = now();
        Start begun = start;
        Duration monotonic = Duration.ofNanos(now.nanos - begun.nanos);
        Duration shown = Duration.ofMillis(now.millis - begun.millis);
        return monotonic.compareTo(shown) > 0 ? monotonic : shown;
    }

    /** Whether it was at least so long ago. */
    public boolean reached(Duration limit) {
        return time().compareTo(limit) >= 0;
    }
}
