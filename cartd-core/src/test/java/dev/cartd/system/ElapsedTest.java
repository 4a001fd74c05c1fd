package dev.cartd.system;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ElapsedTest {
    private final AtomicReference<Instant> wall = new AtomicReference<>(Instant.parse("2026-11-26T02:00:00Z"));
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 10);
    private final Elapsed elapsed = new Elapsed(wall::get, nanos::get);

    @Test
    void aSuspendedMachineCounts() {
        wall.updateAndGet(time -> time.plus(Duration.ofHours(8)));
        assertThat(elapsed.time()).isEqualTo(Duration.ofHours(8));
        assertThat(elapsed.reached(Duration.ofHours(8))).isTrue();
        assertThat(elapsed.reached(Duration.ofHours(9))).isFalse();
    }

    @Test
    void aWallClockThatIsSetBackHidesNothing() {
        wall.updateAndGet(time -> time.minus(Duration.ofHours(2)));
        nanos.addAndGet(Duration.ofSeconds(5).toNanos());
        assertThat(elapsed.time()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void itBeginsAnew() {
        wall.updateAndGet(time -> time.plus(Duration.ofHours(8)));
        elapsed.restart();
        assertThat(elapsed.time()).isZero();
    }
}
