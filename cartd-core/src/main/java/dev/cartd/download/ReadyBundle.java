package dev.cartd.download;

import dev.cartd.bundle.Bundle;
import dev.cartd.bundle.BundleChannel;
import dev.cartd.bundle.BundleFormat;
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

/** The tar, zip or bag of a ready cart, read from the volume. Immutable. */
final class ReadyBundle implements Bundle {
    private final DownloadGuard guard;
    private final Cart cart;
    private final String filename;
    private final BundleFormat format;
    private final BundleBytes bytes;
    private final Instant ready;

    ReadyBundle(
            DownloadGuard guard, Cart cart, String filename, BundleFormat format, BundleBytes bytes, Instant ready) {
        this.guard = guard;
        this.cart = cart;
        this.filename = filename;
        this.format = format;
        this.bytes = bytes;
        this.ready = ready;
    }

    @Override
    public String filename() {
        return filename;
    }

    @Override
    public BundleFormat format() {
        return format;
    }

    @Override
    public long length() {
        return bytes.length();
    }

    @Override
    public String etag() {
        return bytes.etag();
    }

    @Override
    public Instant modified() {
        return ready.truncatedTo(ChronoUnit.SECONDS);
    }

    @Override
    public BundleChannel open(long from, long to) {
        Objects.checkFromToIndex(from, to, length());
        Layouts.Use use = bytes.use();
        boolean pinned = false;
        boolean opened = false;
        try {
            guard.pin(cart);
            pinned = true;
            requireWhole(from, to);
            BundleChannel channel = bytes.open(from, to);
            opened = true;
            return new Watched(channel, from, to, use);
        } catch (UncheckedIOException e) {
            throw DownloadGuard.unreadable(Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw DownloadGuard.unreadable(e);
        } finally {
            if (!opened) {
                use.close();
            }
            if (pinned && !opened) {
                guard.release(cart);
            }
        }
    }

    /** Checks all files of the range before the first byte is sent, while the server can still answer with an error. */
    private void requireWhole(long from, long to) throws IOException {
        Optional<String> damage = bytes.damage(from, to);
        if (damage.isPresent()) {
            throw guard.damaged(cart, damage.get());
        }
    }

    /** Keeps the cart pinned until it is closed. If a read fails, checks the files again, and reports damage. */
    private final class Watched extends BundleChannel {
        private final BundleChannel channel;
        private final long from;
        private final long to;
        private final Layouts.Use use;
        private final AtomicBoolean pinned = new AtomicBoolean(true);

        Watched(BundleChannel channel, long from, long to, Layouts.Use use) {
            super(from);
            this.use = use;
            this.channel = channel;
            this.from = from;
            this.to = to;
        }

        @Override
        public int read(ByteBuffer dst, long position) throws IOException {
            try {
                return channel.read(dst, position);
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
            return channel.isScattered(first, end);
        }

        @Override
        public void rest() throws IOException {
            channel.rest();
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            try {
                channel.close();
            } finally {
                if (pinned.getAndSet(false)) {
                    use.close();
                    guard.release(cart);
                }
            }
        }
    }
}
