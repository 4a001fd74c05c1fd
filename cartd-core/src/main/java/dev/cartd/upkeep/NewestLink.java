package dev.cartd.upkeep;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.FailureText;
import dev.cartd.spi.CartStore;
import dev.cartd.volume.Volume;
import dev.cartd.volume.VolumeAway;
import java.io.IOException;
import java.util.Optional;

/** Keeps {@code cartuids/<uid>} on the newest cart of the uid that is ready. */
public final class NewestLink {
    private static final System.Logger LOG = System.getLogger(NewestLink.class.getName());

    private final CartStore store;
    private final Volume volume;

    /** The links of this store's carts on this volume. */
    public NewestLink(CartStore store, Volume volume) {
        this.store = store;
        this.volume = volume;
    }

    /**
     * Has the link point to this cart, which is about to be ready, unless a newer one is.
     *
     * @return what has the name of the link, in words for people; empty if nothing else does
     */
    public Optional<String> show(Cart cart) throws IOException {
        Optional<Cart> newest = newestReady(cart.uid());
        return newest.isEmpty() || newest.get().id() < cart.id()
                ? volume.link(cart.uid(), Optional.of(cart))
                : Optional.empty();
    }

    /**
     * Has the link point to what it should now. Two that do this at once may each write what the other has just made
     * old: so each looks again after it wrote, and the last to look finds it right.
     */
    public void refresh(String uid) {
        try {
            settle(uid);
        } catch (VolumeAway e) {
            LOG.log(System.Logger.Level.DEBUG, "the link of " + uid + " waits for the volume", e);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the link of {0} is not as it should be: {1}", uid, FailureText.of(e));
        }
    }

    /** As {@link #refresh}, for who tries again when it fails. */
    public void settle(String uid) throws IOException {
        Optional<Cart> written = newestReady(uid);
        Optional<String> obstacle = volume.link(uid, written);
        for (Optional<Cart> now = newestReady(uid); !same(now, written); now = newestReady(uid)) {
            obstacle = volume.link(uid, now);
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
