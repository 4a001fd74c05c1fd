package dev.cartd.spi;

import dev.cartd.cart.CartStatus;

/**
 * Counts what a process does with carts. Called by many threads, in the middle of their work: an implementation only
 * counts, and never waits or fails.
 */
public interface Meter {
    /** Counts nothing. */
    Meter NONE = new Meter() {
        @Override
        public void ended(CartStatus status, String reason) {
            // Nobody wants to know.
        }

        @Override
        public void evicted(long bytes) {
            // Nobody wants to know.
        }
    };

    /**
     * A cart became ready or failed.
     *
     * @param status {@link CartStatus#READY} or {@link CartStatus#ERROR}
     * @param reason why it failed, in one line; empty for a ready cart
     */
    void ended(CartStatus status, String reason);

    /**
     * A cart was evicted.
     *
     * @param bytes how many bytes on the volume become free by that
     */
    void evicted(long bytes);
}
