package dev.cartd.store.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SteadyClockTest {
    private static final Instant BEGIN = Instant.parse("2026-12-01T12:00:00Z");

    private final AtomicLong wall = new AtomicLong(BEGIN.toEpochMilli());
    private final AtomicLong nanos = new AtomicLong();
    private final SteadyClock clock = new SteadyClock(() -> Instant.ofEpochMilli(wall.get()), nanos::get);

    @Test
    void itGoesOnWhereTheWallClockGoesBack() {
        assertThat(clock.now()).isEqualTo(BEGIN);
        pass(-7200, 0);
        assertThat(clock.now()).isEqualTo(BEGIN);
        pass(3, 3);
        assertThat(clock.now()).isEqualTo(BEGIN.plusSeconds(3));
        pass(7200, 0);
        assertThat(clock.now()).as("set right again").isEqualTo(BEGIN.plusSeconds(3));
    }

    @Test
    void itFollowsTheWallClockForward() {
        pass(7200, 1);
        assertThat(clock.now()).isEqualTo(BEGIN.plusSeconds(7200));
        pass(3, 3);
        assertThat(clock.now()).isEqualTo(BEGIN.plusSeconds(7203));
    }

    @Test
    void ofMillisecondsNoneIsLostOrWon() {
        for (int i = 0; i < 4000; i++) {
            nanos.addAndGet(250_000);
            wall.set(BEGIN.toEpochMilli() + nanos.get() / 1_000_000);
            clock.now();
        }
        assertThat(clock.now())
                .isBetween(BEGIN.plusSeconds(1), BEGIN.plusSeconds(1).plusMillis(1));
    }

    private void pass(long shown, long passed) {
        wall.addAndGet(Duration.ofSeconds(shown).toMillis());
        nanos.addAndGet(Duration.ofSeconds(passed).toNanos());
    }
}
