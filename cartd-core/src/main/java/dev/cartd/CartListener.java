package dev.cartd;

import dev.cartd.cart.Cart;

/** Told when carts end their work. */
@FunctionalInterface
public interface CartListener {
    /**
     * A cart became ready, or failed: {@link Cart#status} and {@link Cart#reason} tell which. Called once for each end of
     * a cart, by the process that worked on it, on a thread that other carts wait for: it should return soon. What it
     * throws is logged.
     */
    void ended(Cart cart);
}
