package dev.cartd.download;

import dev.cartd.bundle.BagLayout;
import dev.cartd.bundle.Bundle;
import dev.cartd.bundle.BundleFormat;
import dev.cartd.bundle.BundleName;
import dev.cartd.bundle.Layout;
import dev.cartd.bundle.TarLayout;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.FileStatus;
import dev.cartd.cart.Memory;
import dev.cartd.legacy.Survey;
import dev.cartd.spi.CartStore;
import dev.cartd.system.Timeline;
import dev.cartd.volume.CartTar;
import dev.cartd.volume.Volume;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Makes the {@link Bundle} of a ready cart or of one of its files. A {@link DownloadGuard} moves the cart to error if
 * its files turn out to be gone. Safe for use by many threads.
 */
public final class Bundles implements AutoCloseable {
    private final DownloadGuard guard;
    private final Survey survey;
    private final CartStore store;
    private final Volume volume;
    private final ZoneId zone;
    private final Layouts layouts;
    private final MissingSums sums;

    /**
     * The bundles of this store's carts on this volume.
     *
     * @param zone the time zone of generated file names of carts for which no local time is recorded
     */
    public Bundles(CartStore store, Volume volume, DownloadPins pins, ZoneId zone, Timeline timeline) {
        this.guard = new DownloadGuard(store, volume, pins);
        this.survey = new Survey(store, volume);
        this.store = store;
        this.volume = volume;
        this.zone = zone;
        this.layouts = new Layouts(store, Memory.ofHeap());
        this.sums = new MissingSums(guard, store, timeline);
    }

    /**
     * The tar, zip or bag of a ready cart.
     *
     * @param asked the file name that the client requests; empty for one that is made from the time of the cart
     * @throws CartException.NotReady if the format needs checksums that are not known; they are computed from then on
     * @throws CartException.NoSuchForm if the cart cannot be had in this format
     * @throws CartException.Failed if the cart turns out to be damaged; it is in error from then on
     * @throws CartException.NotFound if the cart was deleted meanwhile
     * @throws CartException.VolumeAway if the volume is not there
     * @throws CartException.Unavailable if the volume cannot be read, the store does not answer, or memory is short
     */
    public Bundle of(Cart cart, String asked, BundleFormat format) {
        Instant ready = ready(cart);
        BundleName name =
                BundleName.of(asked.isEmpty() ? generatedName(cart, ready).filename() : asked, format);
        try {
            return new ReadyBundle(guard, cart, name.filename(), format, bytes(cart, name.top(), format), ready);
        } catch (UncheckedIOException e) {
            throw DownloadGuard.unreadable(Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw DownloadGuard.unreadable(e);
        }
    }

    /** Pacifica Cartd did not record when a cart became ready. Its creation will do: the time must only not change. */
    private static Instant ready(Cart cart) {
        return cart.ready().orElse(cart.created());
    }

    /**
     * The name of the directory at the top of a cart's tar; empty if it is made from the time when the cart became
     * ready, and the cart is not ready.
     *
     * @param asked the file name that the client requests; empty for one that is made from the time of the cart
     */
    public Optional<String> top(Cart cart, String asked) {
        if (cart.bundle()) {
            return Optional.of(BundleName.directory(cart.uid()));
        }
        if (asked.isEmpty() && cart.status() != CartStatus.READY) {
            return Optional.empty();
        }
        BundleName name = asked.isEmpty() ? generatedName(cart, ready(cart)) : BundleName.of(asked);
        return Optional.of(name.top());
    }

    /** The generated name. If the store has the local time of the cart, it is the same on nodes in all zones. */
    private BundleName generatedName(Cart cart, Instant ready) {
        return cart.readyLocal().map(BundleName::of).orElseGet(() -> BundleName.of(ready, zone));
    }

    private BundleBytes bytes(Cart cart, String asked, BundleFormat format) throws IOException {
        Cart known = Survey.isDue(cart) ? survey(cart) : cart;
        String top = cart.bundle() ? BundleName.directory(cart.uid()) : asked;
        return switch (format) {
            case TAR -> tar(cart, known, top);
            case ZIP, BAGIT -> computed(cart, top, format);
        };
    }

    private BundleBytes tar(Cart cart, Cart known, String top) throws IOException {
        if (!cart.bundle()) {
            return new ComputedBytes(source(cart), cart, layout(cart, top), layouts);
        }
        CartTar tar = volume.tar(cart);
        if (cart.origin() == Cart.Origin.PACIFICA) {
            return tar.attributes()
                    .filter(found -> found.size() == known.progress().bytes().orElse(0))
                    .map(found -> StoredTar.ofPacifica(tar, cart, found))
                    .orElseThrow(() -> guard.damaged(cart, FileSource.TAR_GONE));
        }
        TarLayout layout = layout(cart, top);
        return new StoredTar(tar, layout.length(), layout.etag());
    }

    private static void requireFiles(Cart cart) {
        if (cart.bundle() && cart.origin() == Cart.Origin.PACIFICA) {
            throw new CartException.NoSuchForm(
                    "The cart is a tar that Pacifica Cartd made, and can be had as a tar only until it is repaired.");
        }
    }

    /** A zip or a bag, which may need more than the hashes of the files. */
    private BundleBytes computed(Cart cart, String top, BundleFormat format) {
        requireFiles(cart);
        sums.progress(cart, format).ifPresent(progress -> {
            throw new CartException.NotReady(progress);
        });
        FileSource source = source(cart);
        Optional<? extends Layout> layout = format == BundleFormat.ZIP
                ? layouts.zip(cart, top, absent -> layOut(cart, top))
                : layouts.bag(cart, top, day(cart), absent -> layOut(cart, top));
        if (layout.isEmpty()) {
            throw new CartException.NotReady(computeSums(cart, top, format, source));
        }
        return new ComputedBytes(source, cart, layout.get(), layouts);
    }

    /** The day that a bag is from. */
    private static LocalDate day(Cart cart) {
        return LocalDate.ofInstant(ready(cart), ZoneOffset.UTC);
    }

    private String computeSums(Cart cart, String top, BundleFormat format, FileSource source) {
        TarLayout layout = layout(cart, top);
        List<CartFile> files = format == BundleFormat.ZIP
                ? layout.files(0, layout.length()).stream()
                        .filter(file -> !file.hasCrc())
                        .toList()
                : BagLayout.lacking(layout);
        return sums.begin(cart, format, files, source, layouts.use(cart, layout));
    }

    private FileSource source(Cart cart) {
        return cart.bundle()
                ? new FileSource.InTar(volume.tar(cart), layout(cart, BundleName.directory(cart.uid())))
                : new FileSource.InTree(volume.tree(cart));
    }

    /**
     * One file of a live cart, which is served as soon as it is staged.
     *
     * @param file the file as the store has it now
     * @throws CartException.NotReady if the file is not staged, or its bytes are to be hashed again
     * @throws CartException.NotFound if the file is in a tar that Pacifica Cartd made
     * @throws CartException.Unavailable if the store does not answer, or memory is short
     */
    public Bundle file(Cart cart, CartFile file) {
        if (file.status() != FileStatus.STAGED || !file.known()) {
            throw new CartException.NotReady("The file is not on the volume yet.");
        }
        if (!cart.durability().isTrusted()) {
            throw new CartException.NotReady("The files of the cart are being hashed again.");
        }
        if (cart.bundle() && cart.origin() == Cart.Origin.PACIFICA) {
            throw new CartException.NotFound(
                    "Pacifica Cartd made the tar of the cart: its files cannot be had singly.");
        }
        return new SingleFile(
                guard,
                cart,
                file,
                cart.bundle() && cart.status() != CartStatus.READY ? unfinished(cart, file) : finished(cart, file));
    }

    private SingleFile.Opener finished(Cart cart, CartFile file) {
        FileSource source = source(cart);
        return (from, to, release) -> {
            Optional<String> damage = source.damage(List.of(file));
            if (damage.isPresent()) {
                throw guard.missing(cart, damage.get());
            }
            return new FileSlice(source.open(file), source.start(file), from, to, release);
        };
    }

    private SingleFile.Opener unfinished(Cart cart, CartFile file) {
        String top = BundleName.directory(cart.uid());
        return (from, to, release) -> new UnfinishedFile(
                store,
                volume.tar(cart),
                live -> layouts.of(live, top, absent -> TarLayout.of(top, store.files(live.id()))),
                cart,
                file,
                from,
                to,
                release);
    }

    /** Surveys a cart of Pacifica Cartd that the check of the volume has not reached yet. */
    private Cart survey(Cart cart) throws IOException {
        try {
            return survey.of(cart);
        } catch (Survey.Damaged e) {
            throw guard.damaged(cart, e.getMessage());
        }
    }

    private TarLayout layout(Cart cart, String top) {
        return layouts.of(cart, top, absent -> layOut(cart, top));
    }

    private TarLayout layOut(Cart cart, String top) {
        try {
            return TarLayout.of(top, store.files(cart.id()));
        } catch (CartException.Failed e) {
            throw guard.damaged(cart, e.getMessage());
        }
    }

    /** Ends the work in the background. */
    @Override
    public void close() {
        sums.close();
    }
}
