package dev.cartd;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.Standstill;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

/** Time that passes while a node works: it takes a look at a cart after each bit of it. */
public final class WorkingTime {
    private WorkingTime() {}

    /** Lets so much time pass, as long as the cart is in work, which is woken for each bit of it. */
    public static void pass(Cartd cartd, CartRequest cart, AtomicReference<Instant> now, Duration time) {
        for (Duration left = time; left.compareTo(Duration.ZERO) > 0; left = left.minus(Standstill.GAP)) {
            Duration bit = left.compareTo(Standstill.GAP) < 0 ? left : Standstill.GAP;
            Instant then = now.updateAndGet(before -> before.plus(bit));
            Waiting.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> isOver(cartd, cart) || isLookedAt(cartd, cart, then));
        }
    }

    private static boolean isOver(Cartd cartd, CartRequest cart) {
        return cartd.status(cart.uid()).filter(known -> known.status().inWork()).isEmpty();
    }

    /** Wakes the cart, and does not ask for it again: one that has just failed would be made anew. */
    private static boolean isLookedAt(Cartd cartd, CartRequest cart, Instant then) {
        Cart known = cartd.status(cart.uid()).orElseThrow();
        cartd.wake(known.id());
        return !known.standstill().counted().isBefore(then);
    }
}
