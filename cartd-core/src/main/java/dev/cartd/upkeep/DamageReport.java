package dev.cartd.upkeep;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartStatus;
import dev.cartd.spi.CartStore;
import dev.cartd.volume.Volume;
import java.io.IOException;

/** Logs that a ready cart is damaged, and moves it to error. Safe for use by many threads. */
public final class DamageReport {
    private static final System.Logger LOG = System.getLogger(DamageReport.class.getName());

    private final CartStore store;
    private final Volume volume;
    private final NewestLink links;

    /** Reports damage to this store's carts on this volume. */
    public DamageReport(CartStore store, Volume volume) {
        this.store = store;
        this.volume = volume;
        this.links = new NewestLink(store, volume);
    }

    /**
     * Moves a ready cart to error, unless the cart changed since {@code cart} was read.
     *
     * @param what the damage, in words for people
     * @return the reason of the cart, in words for people
     * @throws IOException if the volume is not there: then missing files do not show that the cart is damaged
     * @throws dev.cartd.cart.CartException.Unavailable if the store does not answer
     */
    public String found(Cart cart, String what) throws IOException {
        volume.requireThere();
        String reason = "The cart is damaged: " + what;
        if (store.move(cart, CartStatus.ERROR, reason, "")) {
            LOG.log(System.Logger.Level.WARNING, "cart {0} ({1}): {2}", Long.toString(cart.id()), cart.uid(), reason);
            links.correctOrLog(cart.uid());
        }
        return reason;
    }
}
