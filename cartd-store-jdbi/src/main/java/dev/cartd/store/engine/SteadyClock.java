package dev.cartd.store.engine;

import com.github.kagkarlsson.scheduler.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * A wall clock that is never set back and never stops. db-scheduler sleeps until a point in time: if the clock were set
 * back by hours, it would sleep hours too long. If the wall clock is set forward, or the machine was suspended, this
 * clock follows. Safe for use by many threads.
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
