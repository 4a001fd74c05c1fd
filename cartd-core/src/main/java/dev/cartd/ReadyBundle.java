package dev.cartd;

import dev.cartd.bundle.Bundle;
import dev.cartd.bundle.TarLayout;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.volume.Volume;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** The tar of a ready cart, from the volume. */
final class ReadyBundle implements Bundle {
    private final Bundles bundles;
    private final Volume volume;
    private final Cart cart;
    private final String filename;
    private final TarLayout layout;
    private final Instant ready;

    ReadyBundle(Bundles bundles, Volume volume, Cart cart, String filename, TarLayout layout, Instant ready) {
        this.bundles = bundles;
        this.volume = volume;
        this.cart = cart;
        this.filename = filename;
        this.layout = layout;
        this.ready = ready;
    }

    @Override
    public String filename() {
        return filename;
    }

    @Override
    public long length() {
        return layout.length();
    }

    @Override
    public String etag() {
        return layout.etag();
    }

    @Override
    public Instant modified() {
        return ready.truncatedTo(ChronoUnit.SECONDS);
    }

    @Override
    public ReadableByteChannel open(long from, long to) {
        bundles.pin(cart);
        boolean opened = false;
        try {
            requireWhole(from, to);
            ReadableByteChannel bytes = cart.bundle()
                    ? new Slice(FileChannel.open(volume.place(cart), StandardOpenOption.READ), from, to)
                    : layout.open(this::contents, from, to);
            opened = true;
            return new Watched(bytes, from, to);
        } catch (IOException e) {
            throw new CartException.Unavailable("The volume cannot be read now: " + e, e);
        } finally {
            if (!opened) {
                bundles.release(cart);
            }
        }
    }

    private FileChannel contents(CartFile file) throws IOException {
        return FileChannel.open(volume.place(cart, file), StandardOpenOption.READ);
    }

    /** All that the range needs is looked at first: what fails now can still be answered with an error. */
    private void requireWhole(long from, long to) throws IOException {
        if (cart.bundle()) {
            if (!volume.hasTar(cart, layout.length())) {
                throw bundles.damaged(cart, "its tar is gone from the volume, or has not its size");
            }
            return;
        }
        for (CartFile file : layout.files(from, to)) {
            if (!volume.has(cart, file)) {
                throw bundles.damaged(cart, "file " + file.path() + " is gone from the volume, or has not its size");
            }
        }
    }

    /** A part of a file. */
    private static final class Slice implements ReadableByteChannel {
        private final FileChannel channel;
        private final long to;
        private long position;

        Slice(FileChannel channel, long from, long to) {
            this.channel = channel;
            this.position = from;
            this.to = to;
        }

        @Override
        public int read(ByteBuffer dst) throws IOException {
            if (position == to) {
                return -1;
            }
            int most = (int) Math.min(dst.remaining(), to - position);
            int count = channel.read(dst.slice(dst.position(), most), position);
            if (count < 0) {
                throw new IOException("the tar ended at byte " + position + ", before byte " + to);
            }
            dst.position(dst.position() + count);
            position += count;
            return count;
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** Has the cart pinned until it is closed, and looks at its files again when a byte cannot be had. */
    private final class Watched implements ReadableByteChannel {
        private final ReadableByteChannel bytes;
        private final long from;
        private final long to;
        private final AtomicBoolean pinned = new AtomicBoolean(true);

        Watched(ReadableByteChannel bytes, long from, long to) {
            this.bytes = bytes;
            this.from = from;
            this.to = to;
        }

        @Override
        public int read(ByteBuffer dst) throws IOException {
            try {
                return bytes.read(dst);
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
        public boolean isOpen() {
            return bytes.isOpen();
        }

        @Override
        public void close() throws IOException {
            try {
                bytes.close();
            } finally {
                if (pinned.getAndSet(false)) {
                    bundles.release(cart);
                }
            }
        }
    }
}
