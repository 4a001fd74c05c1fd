package dev.cartd.local;

import dev.cartd.spi.Scheduler;
import dev.cartd.spi.SchedulerContract;
import dev.cartd.system.Timeline;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LocalSchedulerTest extends SchedulerContract {
    private long lastCart;

    @Override
    protected Scheduler open(int threads, Duration stopWait) {
        return new LocalScheduler(threads, stopWait, Timeline.ofMachine(InstantSource.system()));
    }

    @Override
    protected long newCart() {
        return ++lastCart;
    }

    @Test
    void aSchedulerNeedsAThread() {
        assertThatThrownBy(() -> new LocalScheduler(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void itIsStartedOnce() {
        try (Scheduler scheduler = new LocalScheduler(1)) {
            scheduler.start(cart -> java.util.Optional.empty());
            assertThatThrownBy(() -> scheduler.start(cart -> java.util.Optional.empty()))
                    .isInstanceOf(IllegalStateException.class);
        }
    }
}
