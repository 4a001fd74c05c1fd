package dev.cartd.download;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.FailureText;
import dev.cartd.spi.CartStore;
import dev.cartd.upkeep.DamageReport;
import dev.cartd.volume.Volume;
import dev.cartd.volume.VolumeNotThere;
import java.io.IOException;

/**
 * Watches over the carts that are being downloaded: pins them, and moves those to error whose files turn out to be
 * gone. Safe for use by many threads.
 */
final class DownloadGuard {
    private final CartStore store;
    private final DownloadPins pins;
    private final DamageReport damage;

    DownloadGuard(CartStore store, Volume volume, DownloadPins pins) {
        this.store = store;
        this.pins = pins;
        this.damage = new DamageReport(store, volume);
    }

    /**
     * Pins a cart for a download.
     *
     * @throws CartException.NotReady if the cart is in work again
     * @throws CartException.Failed if the cart is in error
     * @throws CartException.NotFound if the cart was deleted
     * @throws CartException.Unavailable if the store does not answer
     */
    void pin(Cart cart) {
        if (!pins.pinReady(cart.id())) {
            throw store.live(cart.uid()).stream()
                    .filter(live -> live.id() == cart.id())
                    .findFirst()
                    .<CartException>map(live -> live.status().inWork()
                            ? new CartException.NotReady()
                            : new CartException.Failed(live.reason()))
                    .orElseGet(CartException.NotFound::new);
        }
    }

    /**
     * Pins a cart for the download of one of its files. A cart in work cannot be evicted: it is pinned once it is
     * ready.
     *
     * @throws CartException as {@link #pin}, if the cart was ready
     */
    void pinOnceReady(Cart cart) {
        if (cart.status() == CartStatus.READY) {
            pin(cart);
        } else {
            pins.pinOnceReady(cart.id());
        }
    }

    /** Ends a download that {@link #pin} or {@link #pinOnceReady} began. */
    void release(Cart cart) {
        pins.release(cart.id());
    }

    /**
     * Moves a ready cart to error because it is damaged.
     *
     * @return the exception for the caller to throw
     */
    CartException damaged(Cart cart, String what) {
        String reason;
        try {
            reason = damage.found(cart, what);
        } catch (IOException e) {
            return unreadable(e);
        }
        // If the cart was deleted during the download, that is why its files are gone.
        boolean deleted = store.live(cart.uid()).stream().noneMatch(live -> live.id() == cart.id());
        return deleted ? new CartException.NotFound() : new CartException.Failed(reason);
    }

    /** The exception for a staged file that the volume does not have: a ready cart is damaged then. */
    CartException missing(Cart cart, String what) {
        return cart.status() == CartStatus.READY ? damaged(cart, what) : new CartException.Unavailable(what);
    }

    /** The exception for a download that the volume fails. */
    static CartException unreadable(IOException e) {
        return e instanceof VolumeNotThere
                ? new CartException.VolumeAway("The volume cannot be used: " + e.getMessage(), e)
                : new CartException.Unavailable("The volume cannot be read now: " + FailureText.of(e), e);
    }
}
