package dev.cartd.pull;

import dev.cartd.cart.Cart;
import dev.cartd.system.Elapsed;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Tells when a cart's pulls bring next to nothing: in ten seconds no whole file, and less than the slowest that a pull
 * may be. For one thread.
 */
final class Slowness {
    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final long LEAST = Pull.SLOWEST * WINDOW.toSeconds();

    private final Elapsed window;
    private Cart.Progress before;
    private boolean slow;

    Slowness(InstantSource clock, Cart.Progress now) {
        this.window = new Elapsed(clock);
        this.before = now;
    }

    /** Looks at how far the cart is; to be called every second or so. */
    boolean look(Cart.Progress now) {
        if (window.reached(WINDOW)) {
            slow = now.staged() == before.staged() && now.stagedBytes() - before.stagedBytes() < LEAST;
            before = now;
            window.restart();
        }
        return slow;
    }
}
