package dev.cartd.cli.metrics;

import dev.cartd.cart.Outage;
import dev.cartd.spi.Scheduler;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** A scheduler that counts the steps that it runs. Safe for use by many threads. */
final class CountedSteps implements Scheduler {
    /** The steps so far. */
    static final class Counts {
        private final Latency latency = new Latency();
        private final LongAdder running = new LongAdder();
        private final LongAdder failed = new LongAdder();

        /** How long steps took. */
        Latency latency() {
            return latency;
        }

        /** The steps that run now. */
        LongAdder running() {
            return running;
        }

        /** The steps that failed and are tried again. */
        LongAdder failed() {
            return failed;
        }
    }

    private final Scheduler scheduler;
    private final Counts counts;

    CountedSteps(Scheduler scheduler, Counts counts) {
        this.scheduler = scheduler;
        this.counts = counts;
    }

    @Override
    public void start(Step step) {
        scheduler.start(cart -> run(step, cart));
    }

    private Optional<Duration> run(Step step, long cart) {
        long begun = System.nanoTime();
        boolean worked = false;
        counts.running.increment();
        try {
            Optional<Duration> pause = step.advance(cart);
            worked = true;
            return pause;
        } finally {
            counts.running.decrement();
            counts.latency.endedNow(begun);
            if (!worked) {
                counts.failed.increment();
            }
        }
    }

    @Override
    public void pause() {
        scheduler.pause();
    }

    @Override
    public void resume() {
        scheduler.resume();
    }

    @Override
    public void wake(long cartId) {
        scheduler.wake(cartId);
    }

    @Override
    public Optional<Outage.Away> away() {
        return scheduler.away();
    }

    @Override
    public Map<String, Integer> running() {
        return scheduler.running();
    }

    @Override
    public void close() {
        scheduler.close();
    }
}
