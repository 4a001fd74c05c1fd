package dev.cartd.upkeep;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartStatus;
import dev.cartd.spi.CartStore;
import dev.cartd.volume.Volume;
import java.io.IOException;

/** Says and remembers that ready carts are damaged. */
public final class DamageReport {
    private static final System.Logger LOG = System.getLogger(DamageReport.class.getName());

    private final CartStore store;
    private final Volume volume;
    private final NewestLink links;

    /** Damage to this store's carts on this volume. */
    public DamageReport(CartStore store, Volume volume) {
        this.store = store;
        this.volume = volume;
        this.links = new NewestLink(store, volume);
    }

    /**
     * A ready cart goes to error, unless it changed since.
     *
     * @return the reason, as people are told it
     * @throws IOException if the volume is not there: then nothing that was seen of it says anything about the cart
     */
    public String found(Cart cart, String what) throws IOException {
        volume.requireThere();
        String reason = "The cart is damaged: " + what;
        if (store.move(cart, CartStatus.ERROR, reason, "")) {
            LOG.log(System.Logger.Level.WARNING, "cart {0} ({1}): {2}", Long.toString(cart.id()), cart.uid(), reason);
            links.refresh(cart.uid());
        }
        return reason;
    }
}
