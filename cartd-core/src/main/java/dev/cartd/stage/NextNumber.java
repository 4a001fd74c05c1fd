package dev.cartd.stage;

import dev.cartd.cart.BundlePath;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.claim.ClaimedCart;
import dev.cartd.spi.CartStore;
import dev.cartd.volume.Volume;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Replaces a cart by an equal one with a higher number, if something that cartd did not create has the path of its
 * directory. Safe for use by many threads.
 */
final class NextNumber {
    private static final System.Logger LOG = System.getLogger(NextNumber.class.getName());

    private final CartStore store;
    private final Volume volume;
    private final LongConsumer wake;

    /** @param wake schedules a step for a cart number, soon */
    NextNumber(CartStore store, Volume volume, LongConsumer wake) {
        this.store = store;
        this.volume = volume;
        this.wake = wake;
    }

    /**
     * Creates an equal cart with a number that no directory on the volume has, and deletes this one.
     *
     * @return false if the cart is no longer this step's
     * @throws CartException.Invalid if an equal cart cannot be requested any more; nothing has changed then
     */
    boolean make(ClaimedCart claimed, String reason) {
        Cart cart = claimed.cart();
        long above = Math.max(volume.highest(), cart.id());
        CartRequest request = new CartRequest(
                cart.uid(),
                cart.bundle(),
                claimed.files().stream().map(NextNumber::item).toList());
        Optional<Cart> next = store.replace(cart, reason, request, above);
        next.ifPresent(made -> {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "cart {0} ({1}) is made anew as cart {2}: {3}",
                    Long.toString(cart.id()),
                    cart.uid(),
                    Long.toString(made.id()),
                    reason);
            replace(cart, made);
        });
        return next.isPresent();
    }

    /** Moves the promise to keep the cart to its replacement, and deletes the cart, which has nothing on the volume. */
    private void replace(Cart cart, Cart next) {
        cart.kept().ifPresent(until -> store.space().keep(next.id(), until, true));
        store.space().keep(cart.id(), Instant.EPOCH, false);
        store.live(cart.uid()).stream()
                .filter(now -> now.id() == cart.id())
                .filter(now -> store.space().evict(now.id(), now.updated(), "made anew as cart " + next.id()))
                .forEach(now -> store.removed(now.id()));
        wake.accept(next.id());
    }

    private static CartRequest.Item item(CartFile file) {
        BundlePath path = BundlePath.parse(file.path());
        return new CartRequest.Item(file.archiveId(), path, file.checksum());
    }
}
