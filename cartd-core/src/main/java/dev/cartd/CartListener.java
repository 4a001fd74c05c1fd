package dev.cartd;

import dev.cartd.cart.Cart;

/** Called when the work on a cart ends. */
@FunctionalInterface
public interface CartListener {
    /**
     * The cart became ready or failed; see {@link Cart#status} and {@link Cart#reason}. Only the process that worked on
     * the cart calls this, at most once for each time that the cart becomes ready or fails. The call is left out if the
     * cart was deleted in the meantime or the store cannot be reached, and is lost if the process dies.
     *
     * <p>Called by many threads at once. Other carts need these threads, so the call should return soon. An exception
     * that it throws is logged.
     *
     * @param cart the cart as it is now; it may have changed again, for example be under repair
     */
    void ended(Cart cart);
}
