package dev.cartd.download;

import dev.cartd.Cartd;
import dev.cartd.bundle.Bundle;
import dev.cartd.bundle.BundleName;
import dev.cartd.bundle.TarLayout;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.FailureText;
import dev.cartd.cart.Memory;
import dev.cartd.legacy.Survey;
import dev.cartd.spi.CartStore;
import dev.cartd.upkeep.DamageReport;
import dev.cartd.volume.Volume;
import dev.cartd.volume.VolumeAway;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Objects;

/** The tars of ready carts, and what becomes of a cart whose files turn out to be gone. */
public final class Bundles {
    private final DamageReport damage;
    private final Survey survey;
    private final CartStore store;
    private final Volume volume;
    private final DownloadPins pins;
    private final ZoneId zone;
    private final Layouts layouts;

    public Bundles(CartStore store, Volume volume, DownloadPins pins, ZoneId zone) {
        this.damage = new DamageReport(store, volume);
        this.survey = new Survey(store, volume);
        this.store = store;
        this.pins = pins;
        this.volume = volume;
        this.zone = zone;
        this.layouts = new Layouts(store, Memory.ofHeap());
    }

    /** The tar of a ready cart under the name that the client asked for; empty for one made from its date. */
    public Bundle of(Cart cart, String asked) {
        // Pacifica Cartd did not tell when it became ready: what is asked for is a time that stays the same.
        Instant ready = cart.ready().orElse(cart.created());
        BundleName name = asked.isEmpty() ? unasked(cart, ready) : BundleName.of(asked);
        try {
            return new ReadyBundle(this, cart, name.filename(), bytes(cart, name.top()), ready);
        } catch (UncheckedIOException e) {
            throw unreadable(Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** The same on each node, whatever its zone, where it is known what the clock showed. */
    private BundleName unasked(Cart cart, Instant ready) {
        return cart.readyLocal().map(BundleName::of).orElseGet(() -> BundleName.of(ready, zone));
    }

    private TarBytes bytes(Cart cart, String top) throws IOException {
        Cart known = Survey.isDue(cart) ? survey(cart) : cart;
        if (!cart.bundle()) {
            return new StreamedTar(volume, cart, layout(cart, top), layouts);
        }
        if (cart.isOriginals()) {
            return volume.lookAtTar(cart)
                    .filter(found -> found.size() == known.progress().bytes())
                    .map(found -> StoredTar.ofOriginal(volume, cart, found))
                    .orElseThrow(() -> damaged(cart, StoredTar.GONE));
        }
        TarLayout layout = layout(cart, BundleName.directory(cart.uid()));
        return new StoredTar(volume, cart, layout.length(), layout.etag());
    }

    /** What a download is refused with that meets a volume that fails. */
    static CartException unreadable(IOException e) {
        return e instanceof VolumeAway
                ? new CartException.VolumeAway("The volume cannot be used: " + e.getMessage(), e)
                : new CartException.Unavailable("The volume cannot be read now: " + FailureText.of(e), e);
    }

    /** The check at the start has not come to it yet. */
    private Cart survey(Cart cart) throws IOException {
        try {
            return survey.of(cart);
        } catch (Survey.Damaged e) {
            throw damaged(cart, e.getMessage());
        }
    }

    /**
     * Pins a cart for a download.
     *
     * @throws CartException if it is not ready any more; which one says what it is now
     */
    void pin(Cart cart) {
        if (!pins.take(cart.id())) {
            throw store.live(cart.uid()).stream()
                    .filter(live -> live.id() == cart.id())
                    .findFirst()
                    .<CartException>map(live -> live.status().inWork()
                            ? new CartException.NotReady(Cartd.NOT_READY)
                            : new CartException.Failed(live.reason()))
                    .orElseGet(() -> new CartException.NotFound(Cartd.NO_CART));
        }
    }

    /** Ends a download. */
    void release(Cart cart) {
        pins.release(cart.id());
    }

    /** Says and remembers that a ready cart is damaged; what this gives is to be thrown. */
    CartException damaged(Cart cart, String what) {
        String reason;
        try {
            reason = damage.found(cart, what);
        } catch (IOException e) {
            return unreadable(e);
        }
        // A download that meets a delete finds its files gone, too.
        boolean deleted = store.live(cart.uid()).stream().noneMatch(live -> live.id() == cart.id());
        return deleted ? new CartException.NotFound(Cartd.NO_CART) : new CartException.Failed(reason);
    }

    private TarLayout layout(Cart cart, String top) {
        return layouts.of(cart, top, absent -> layOut(cart, top));
    }

    private TarLayout layOut(Cart cart, String top) {
        try {
            return TarLayout.of(top, store.files(cart.id()));
        } catch (CartException.Failed e) {
            throw damaged(cart, e.getMessage());
        }
    }
}
