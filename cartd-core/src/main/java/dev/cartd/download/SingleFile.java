package dev.cartd.download;

import dev.cartd.bundle.Bundle;
import dev.cartd.bundle.BundleChannel;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** One staged file of a cart, read from its tree or out of its tar. Immutable. */
final class SingleFile implements Bundle {
    private final DownloadGuard guard;
    private final Cart cart;
    private final CartFile file;
    private final FileSource source;

    SingleFile(DownloadGuard guard, Cart cart, CartFile file, FileSource source) {
        this.guard = guard;
        this.cart = cart;
        this.file = file;
        this.source = source;
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
            Optional<String> damage = source.damage(List.of(file));
            if (damage.isPresent()) {
                throw guard.missing(cart, damage.get());
            }
            long start = source.start(file);
            FileChannel channel = source.open(file);
            opened = true;
            return new FileSlice(channel, start, from, to, () -> guard.release(cart));
        } catch (IOException e) {
            throw DownloadGuard.unreadable(e);
        } finally {
            if (!opened) {
                guard.release(cart);
            }
        }
    }
}
