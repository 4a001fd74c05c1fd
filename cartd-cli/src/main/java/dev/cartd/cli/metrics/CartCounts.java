package dev.cartd.cli.metrics;

import dev.cartd.cart.CartStatus;
import dev.cartd.spi.Meter;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** Counts the carts that this process made ready, that failed in it, and that it evicted. */
final class CartCounts implements Meter {
    private final LongAdder ready = new LongAdder();
    private final Map<FailureCause, LongAdder> failed = new EnumMap<>(FailureCause.class);
    private final LongAdder evicted = new LongAdder();
    private final LongAdder evictedBytes = new LongAdder();

    CartCounts() {
        for (FailureCause cause : FailureCause.values()) {
            failed.put(cause, new LongAdder());
        }
    }

    @Override
    public void ended(CartStatus status, String reason) {
        (status == CartStatus.READY ? ready : failed(FailureCause.of(reason))).increment();
    }

    @Override
    public void evicted(long bytes) {
        evicted.increment();
        evictedBytes.add(bytes);
    }

    LongAdder ready() {
        return ready;
    }

    LongAdder failed(FailureCause cause) {
        return Objects.requireNonNull(failed.get(cause));
    }

    LongAdder evicted() {
        return evicted;
    }

    LongAdder evictedBytes() {
        return evictedBytes;
    }
}
