package dev.cartd.server.view;

import dev.cartd.CartDetails;
import dev.cartd.cart.Cart;
import dev.cartd.cart.FileCounts;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Counts the files of carts by their states. To count those of a large cart takes a while, so a count is used again
 * while the cart does not change, and in any case for {@value #TIMES} times as long as it took. Safe for use by many
 * threads.
 */
final class Counts {
    private static final int CARTS = 1000;
    private static final int TIMES = 20;

    /** The files of {@code cart}, which were counted until {@code nanos} and took {@code took}. */
    private record Counted(Cart cart, FileCounts counts, long nanos, long took) {}

    private final LongSupplier nanos;
    private final Recent<Counted> counted = new Recent<>(CARTS);

    /** @param nanos a clock that only goes forward, in nanoseconds */
    Counts(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** The counts of a cart. */
    FileCounts of(Cart cart, CartDetails details) {
        Optional<Counted> known = counted.get(cart.id()).filter(found -> holds(found, cart));
        if (known.isPresent()) {
            return known.get().counts();
        }
        long begun = nanos.getAsLong();
        FileCounts counts = details.counts(cart);
        long ended = nanos.getAsLong();
        counted.put(cart.id(), new Counted(cart, counts, ended, ended - begun));
        return counts;
    }

    private boolean holds(Counted found, Cart cart) {
        if (found.cart().status() != cart.status()) {
            return false;
        }
        return nanos.getAsLong() - found.nanos() < TIMES * found.took()
                || (found.cart().epoch() == cart.epoch()
                        && found.cart().updated().equals(cart.updated())
                        && found.cart().progress().equals(cart.progress()));
    }
}
