package dev.cartd.pull;

import dev.cartd.cart.Cart;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Tells when a cart's pulls bring next to nothing: in ten seconds no whole file, and less than the slowest that a pull
 * may be. For one thread.
 */
final class Slowness {
    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final long LEAST = FilePull.SLOWEST * WINDOW.toSeconds();

    private final LongSupplier nanos;
    private long begun;
    private Cart.Progress before;
    private boolean slow;

    /** @param nanos a clock like {@link System#nanoTime}: while the machine sleeps nothing can come */
    Slowness(LongSupplier nanos, Cart.Progress now) {
        this.nanos = nanos;
        this.begun = nanos.getAsLong();
        this.before = now;
    }

    /** Looks at how far the cart is; to be called every second or so. */
    boolean look(Cart.Progress now) {
        long time = nanos.getAsLong();
        if (time - begun >= WINDOW.toNanos()) {
            slow = now.staged() == before.staged() && now.stagedBytes() - before.stagedBytes() < LEAST;
            before = now;
            begun = time;
        }
        return slow;
    }
}
