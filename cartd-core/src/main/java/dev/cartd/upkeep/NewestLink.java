package dev.cartd.upkeep;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.FailureText;
import dev.cartd.spi.CartStore;
import dev.cartd.volume.Volume;
import dev.cartd.volume.VolumeNotThere;
import java.io.IOException;
import java.util.Optional;

/** Points {@code cartuids/<uid>} to the newest ready cart of the uid. Safe for use by many threads. */
public final class NewestLink {
    private static final System.Logger LOG = System.getLogger(NewestLink.class.getName());

    private final CartStore store;
    private final Volume volume;

    /** Maintains the links to this store's carts on this volume. */
    public NewestLink(CartStore store, Volume volume) {
        this.store = store;
        this.volume = volume;
    }

    /**
     * Points the link to this cart, which is about to become ready, unless a newer cart is ready.
     *
     * @return what else occupies the name of the link, in words for people; empty if nothing does
     * @throws VolumeNotThere if the volume is not there
     * @throws IOException if the link cannot be written
     */
    public Optional<String> pointTo(Cart cart) throws IOException {
        Optional<Cart> newest = newestReady(cart.uid());
        return newest.isEmpty() || newest.get().id() < cart.id()
                ? volume.pointUidLink(cart.uid(), Optional.of(cart))
                : Optional.empty();
    }

    /**
     * Points the link to the newest ready cart, or removes it if there is none. Logs failures of the volume.
     *
     * @throws dev.cartd.cart.CartException.Unavailable if the store does not answer
     */
    public void correctOrLog(String uid) {
        try {
            correct(uid);
        } catch (VolumeNotThere e) {
            LOG.log(System.Logger.Level.DEBUG, "the link of " + uid + " waits for the volume", e);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the link of {0} is not as it should be: {1}", uid, FailureText.of(e));
        }
    }

    /**
     * Like {@link #correctOrLog}, after {@link #pointTo} pointed the link to this cart and the cart became ready.
     *
     * @throws dev.cartd.cart.CartException.Unavailable if the store does not answer
     */
    public void correctAfter(Cart newest) {
        if (!same(newestReady(newest.uid()), Optional.of(newest))) {
            correctOrLog(newest.uid());
        }
    }

    /**
     * Like {@link #correctOrLog}, but throws the failures of the volume, for callers that repeat the call then.
     *
     * @throws VolumeNotThere if the volume is not there
     * @throws IOException if the link cannot be written
     * @throws dev.cartd.cart.CartException.Unavailable if the store does not answer
     */
    public void correct(String uid) throws IOException {
        // Of two concurrent calls one may write a link that the other has just outdated. So each reads the newest cart
        // again after it wrote: the last to read finds the link right, or corrects it.
        Optional<Cart> written = newestReady(uid);
        Optional<String> obstacle = volume.pointUidLink(uid, written);
        for (Optional<Cart> now = newestReady(uid); !same(now, written); now = newestReady(uid)) {
            obstacle = volume.pointUidLink(uid, now);
            written = now;
        }
        obstacle.ifPresent(what -> LOG.log(System.Logger.Level.WARNING, "cart {0} has no symlink: {1}", uid, what));
    }

    private static boolean same(Optional<Cart> one, Optional<Cart> other) {
        return one.map(Cart::id).equals(other.map(Cart::id));
    }

    private Optional<Cart> newestReady(String uid) {
        return store.live(uid).stream()
                .filter(cart -> cart.status() == CartStatus.READY)
                .findFirst();
    }
}
