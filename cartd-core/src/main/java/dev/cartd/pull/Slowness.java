package dev.cartd.pull;

import dev.cartd.cart.Cart;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Detects that a cart's pulls are too slow: within ten seconds no file was completed, and all pulls together brought
 * less than the lowest rate of one pull. For one thread.
 */
final class Slowness {
    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final long LEAST = FilePull.SLOWEST * WINDOW.toSeconds();

    private final LongSupplier nanos;
    private long begun;
    private Cart.Progress before;
    private boolean slow;

    /** @param nanos a monotonic clock, which stands still while the machine is suspended */
    Slowness(LongSupplier nanos, Cart.Progress now) {
        this.nanos = nanos;
        this.begun = nanos.getAsLong();
        this.before = now;
    }

    /** Whether the pulls are too slow, given the cart's progress now; to be called every second or so. */
    boolean isSlow(Cart.Progress now) {
        long time = nanos.getAsLong();
        if (time - begun >= WINDOW.toNanos()) {
            slow = now.staged() == before.staged() && now.stagedBytes() - before.stagedBytes() < LEAST;
            before = now;
            begun = time;
        }
        return slow;
    }
}
