package dev.cartd.download;

import dev.cartd.bundle.Bundle;
import dev.cartd.bundle.BundleChannel;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.time.Instant;
import java.util.Objects;

/** One staged file of a cart, read from its tree or out of its tar. Immutable. */
final class SingleFile implements Bundle {
    private final Bundles bundles;
    private final Cart cart;
    private final CartFile file;
    private final Place place;

    /** Where the bytes of the file are. */
    interface Place {
        /** The position of the file's first byte in what {@link #open} opens. */
        long start();

        /** Whether the volume has the file, as far as can be seen without reading it. */
        boolean isThere() throws IOException;

        FileChannel open() throws IOException;
    }

    SingleFile(Bundles bundles, Cart cart, CartFile file, Place place) {
        this.bundles = bundles;
        this.cart = cart;
        this.file = file;
        this.place = place;
    }

    @Override
    public String filename() {
        return file.path().substring(file.path().lastIndexOf('/') + 1);
    }

    @Override
    public long length() {
        return file.size();
    }

    @Override
    public String etag() {
        return file.checksum().type() + '-' + file.checksum().value();
    }

    @Override
    public Instant modified() {
        return Instant.ofEpochSecond(file.mtime());
    }

    @Override
    public BundleChannel open(long from, long to) {
        Objects.checkFromToIndex(from, to, length());
        bundles.use(cart);
        boolean opened = false;
        try {
            if (!place.isThere()) {
                throw bundles.missing(cart, "file " + file.path() + " is gone from the volume, or has not its size");
            }
            FileChannel channel = place.open();
            opened = true;
            return new FileSlice(channel, place.start(), from, to, () -> bundles.release(cart));
        } catch (IOException e) {
            throw Bundles.unreadable(e);
        } finally {
            if (!opened) {
                bundles.release(cart);
            }
        }
    }
}
