package dev.cartd.download;

import dev.cartd.bundle.Bundle;
import dev.cartd.bundle.BundleChannel;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** The tar of a ready cart, read from the volume. Immutable. */
final class ReadyBundle implements Bundle {
    private final Bundles bundles;
    private final Cart cart;
    private final String filename;
    private final TarBytes tar;
    private final Instant ready;

    ReadyBundle(Bundles bundles, Cart cart, String filename, TarBytes tar, Instant ready) {
        this.bundles = bundles;
        this.cart = cart;
        this.filename = filename;
        this.tar = tar;
        this.ready = ready;
    }

    @Override
    public String filename() {
        return filename;
    }

    @Override
    public long length() {
        return tar.length();
    }

    @Override
    public String etag() {
        return tar.etag();
    }

    @Override
    public Instant modified() {
        return ready.truncatedTo(ChronoUnit.SECONDS);
    }

    @Override
    public BundleChannel open(long from, long to) {
        Objects.checkFromToIndex(from, to, length());
        Layouts.Use use = tar.use();
        boolean pinned = false;
        boolean opened = false;
        try {
            bundles.pin(cart);
            pinned = true;
            requireWhole(from, to);
            BundleChannel bytes = tar.open(from, to);
            opened = true;
            return new Watched(bytes, from, to, use);
        } catch (UncheckedIOException e) {
            throw Bundles.unreadable(Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw Bundles.unreadable(e);
        } finally {
            if (!opened) {
                use.close();
            }
            if (pinned && !opened) {
                bundles.release(cart);
            }
        }
    }

    /** Checks all files of the range before the first byte is sent, while the server can still answer with an error. */
    private void requireWhole(long from, long to) throws IOException {
        Optional<String> damage = tar.damage(from, to);
        if (damage.isPresent()) {
            throw bundles.damaged(cart, damage.get());
        }
    }

    /** Keeps the cart pinned until it is closed. If a read fails, checks the files again, and reports damage. */
    private final class Watched extends BundleChannel {
        private final BundleChannel bytes;
        private final long from;
        private final long to;
        private final Layouts.Use use;
        private final AtomicBoolean pinned = new AtomicBoolean(true);

        Watched(BundleChannel bytes, long from, long to, Layouts.Use use) {
            super(from);
            this.use = use;
            this.bytes = bytes;
            this.from = from;
            this.to = to;
        }

        @Override
        public int read(ByteBuffer dst, long position) throws IOException {
            try {
                return bytes.read(dst, position);
            } catch (ClosedChannelException e) {
                throw e;
            } catch (IOException e) {
                try {
                    requireWhole(from, to);
                } catch (CartException damaged) {
                    e.addSuppressed(damaged);
                }
                throw e;
            }
        }

        @Override
        public boolean isScattered(long first, long end) {
            return bytes.isScattered(first, end);
        }

        @Override
        public void rest() throws IOException {
            bytes.rest();
        }

        @Override
        public boolean isOpen() {
            return bytes.isOpen();
        }

        @Override
        public void close() throws IOException {
            try {
                bytes.close();
            } finally {
                if (pinned.getAndSet(false)) {
                    use.close();
                    bundles.release(cart);
                }
            }
        }
    }
}
