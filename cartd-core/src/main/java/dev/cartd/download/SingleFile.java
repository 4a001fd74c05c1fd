package dev.cartd.download;

import dev.cartd.bundle.Bundle;
import dev.cartd.bundle.BundleChannel;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import java.io.IOException;
import java.time.Instant;
import java.util.Objects;

/** One staged file of a cart. Immutable. */
final class SingleFile implements Bundle {
    /** Opens the bytes of the file. */
    @FunctionalInterface
    interface Opener {
        /**
         * Opens a range; the caller has checked that the file has it.
         *
         * @param release runs once, when the range is closed; not if this throws
         * @throws IOException if the volume cannot be read
         */
        BundleChannel open(long from, long to, Runnable release) throws IOException;
    }

    private final DownloadGuard guard;
    private final Cart cart;
    private final CartFile file;
    private final Opener opener;

    SingleFile(DownloadGuard guard, Cart cart, CartFile file, Opener opener) {
        this.guard = guard;
        this.cart = cart;
        this.file = file;
        this.opener = opener;
    }

    @Override
    public String filename() {
        return file.path().substring(file.path().lastIndexOf('/') + 1);
    }

    @Override
    public long length() {
        return file.size();
    }

    /** Its hash. A file of Pacifica Cartd may have any text for it, and is never changed while its cart lives. */
    @Override
    public String etag() {
        return file.checksum().problem().isEmpty()
                ? file.checksum().type() + '-' + file.checksum().value()
                : "file-" + file.id() + '-' + file.size() + '-' + file.mtime();
    }

    @Override
    public Instant modified() {
        return Instant.ofEpochSecond(file.mtime());
    }

    @Override
    public BundleChannel open(long from, long to) {
        Objects.checkFromToIndex(from, to, length());
        guard.pinOnceReady(cart);
        boolean opened = false;
        try {
            BundleChannel channel = opener.open(from, to, () -> guard.release(cart));
            opened = true;
            return channel;
        } catch (IOException e) {
            throw DownloadGuard.unreadable(e);
        } finally {
            if (!opened) {
                guard.release(cart);
            }
        }
    }
}
