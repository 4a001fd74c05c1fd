package dev.cartd.store.engine;

import com.github.kagkarlsson.scheduler.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * A wall clock that never goes back and never stops: db-scheduler waits until a time before it looks again for what is
 * due, which would be hours later after the clock was set back by them, unless this process itself wakes a cart. Where
 * the wall clock goes forward, also while the machine was suspended, this one follows. Safe for use by many threads.
 */
final class SteadyClock implements Clock {
    private final InstantSource wall;
    private final LongSupplier nanos;
    private long lastNanos;
    private Instant time;

    SteadyClock(InstantSource wall) {
        this(wall, System::nanoTime);
    }

    SteadyClock(InstantSource wall, LongSupplier nanos) {
        this.wall = wall;
        this.nanos = nanos;
        time = wall.instant();
        lastNanos = nanos.getAsLong();
    }

    @Override
    public synchronized Instant now() {
        long ticks = nanos.getAsLong();
        Instant steady = time.plusNanos(ticks - lastNanos);
        Instant shown = wall.instant();
        time = shown.isAfter(steady) ? shown : steady;
        lastNanos = ticks;
        return time;
    }
}
