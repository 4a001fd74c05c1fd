package dev.cartd.download;

import dev.cartd.bundle.BundleChannel;
import dev.cartd.bundle.TarLayout;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.FileStatus;
import dev.cartd.spi.CartStore;
import dev.cartd.volume.CartTar;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A range of a staged file, read from the tar of a cart that is in work. A later step may lay the tar out anew, if a
 * file changed in the archive, and then writes other files to where the bytes of this one are. So bytes count only if
 * the file was staged before the tar was opened and after they were read, and if no other step has claimed the cart in
 * between. For within one claim the layout stays, and the bytes of a file are written only while the store says that it
 * is not staged. If another step has claimed the cart, the tar is opened again.
 */
final class UnfinishedFile extends BundleChannel {
    /** How often the tar is opened again for one read, because another step has begun. */
    private static final int TRIES = 20;

    /**
     * The tar as it was opened during one claim.
     *
     * @param start the position of the file's first byte
     */
    private record Opened(FileChannel channel, long start, long epoch) {}

    private final CartStore store;
    private final CartTar tar;
    private final Function<Cart, TarLayout> layouts;
    private final Cart cart;
    private final CartFile file;
    private final long to;
    private final Runnable release;
    private @Nullable Opened opened;
    private boolean closed;

    /**
     * Opens the range from {@code from} (included) to {@code to} (not included).
     *
     * @param layouts the layout of the tar at the claim of a cart
     * @param release runs once, when the range is closed; not if this throws
     * @throws IOException if the volume cannot be read
     * @throws CartException.NotFound if the cart was deleted
     * @throws CartException.Unavailable if the file is being staged again, the store does not answer, or memory is short
     */
    UnfinishedFile(
            CartStore store,
            CartTar tar,
            Function<Cart, TarLayout> layouts,
            Cart cart,
            CartFile file,
            long from,
            long to,
            Runnable release)
            throws IOException {
        super(from);
        this.store = store;
        this.tar = tar;
        this.layouts = layouts;
        this.cart = cart;
        this.file = file;
        this.to = to;
        this.release = release;
        this.opened = openTar();
    }

    private Opened openTar() throws IOException {
        for (int i = 0; i < TRIES; i++) {
            Cart live = live();
            requireStaged(live.durability().isTrusted());
            FileChannel channel = openUnfinished();
            boolean keeps = false;
            try {
                OptionalLong start = start(live);
                if (start.isPresent() && isStillStagedAt(live.epoch())) {
                    keeps = true;
                    return new Opened(channel, start.getAsLong(), live.epoch());
                }
            } finally {
                if (!keeps) {
                    channel.close();
                }
            }
        }
        throw tooFast();
    }

    private CartException.Unavailable tooFast() {
        return new CartException.Unavailable(
                "Steps of the cart follow each other too fast to read file " + file.path() + ", try again soon.");
    }

    private FileChannel openUnfinished() throws IOException {
        try {
            return tar.openUnfinished();
        } catch (NoSuchFileException e) {
            // A step that has just begun moves it; or it is gone, which the next step finds out.
            throw new CartException.Unavailable("The tar of the cart is not on the volume now, try again soon.", e);
        }
    }

    /** The file's position in the tar; empty if the files were read after a later step had changed them. */
    private OptionalLong start(Cart live) {
        try {
            return OptionalLong.of(layouts.apply(live).offset(file));
        } catch (CartException.Failed | IllegalArgumentException e) {
            return OptionalLong.empty();
        }
    }

    private Cart live() {
        return store.live(cart.uid()).stream()
                .filter(found -> found.id() == cart.id())
                .findFirst()
                .orElseThrow(CartException.NotFound::new);
    }

    /**
     * Whether no step has claimed the cart since the claim of this epoch.
     *
     * @throws CartException.Unavailable if the file is not staged any more
     */
    private boolean isStillStagedAt(long epoch) {
        requireStaged(true);
        return live().epoch() == epoch;
    }

    private void requireStaged(boolean isTrusted) {
        boolean isStaged = store.files(cart.id(), file.id() - 1, Optional.empty(), 1).stream()
                .filter(now -> now.id() == file.id() && now.status() == FileStatus.STAGED)
                .anyMatch(now -> now.size() == file.size() && now.mtime() == file.mtime());
        if (!isStaged || !isTrusted) {
            throw new CartException.Unavailable("File " + file.path() + " is being staged again, try again soon.");
        }
    }

    @Override
    public int read(ByteBuffer dst, long at) throws IOException {
        if (at == to) {
            return -1;
        }
        int begin = dst.position();
        try {
            for (int i = 0; i < TRIES; i++) {
                Opened now = current();
                int count = read(now, dst, at);
                if (isStillStagedAt(now.epoch)) {
                    return count;
                }
                dst.position(begin);
                discard(now);
            }
            throw tooFast();
        } catch (CartException e) {
            dst.position(begin);
            throw new IOException("file " + file.path() + " cannot be read any more: " + e.getMessage(), e);
        }
    }

    /** Reads bytes that count only if no other step has claimed the cart; none if the tar is shorter by now. */
    private int read(Opened now, ByteBuffer dst, long at) throws IOException {
        try {
            return FileSlice.read(now.channel, now.start, to, dst, at);
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            if (isStillStagedAt(now.epoch)) {
                throw e;
            }
            return 0;
        }
    }

    private synchronized Opened current() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        Opened now = opened;
        if (now == null) {
            now = openTar();
            opened = now;
        }
        return now;
    }

    private synchronized void discard(Opened old) throws IOException {
        if (old.equals(opened)) {
            opened = null;
        }
        old.channel.close();
    }

    @Override
    public boolean isScattered(long first, long end) {
        return false;
    }

    @Override
    public void rest() {}

    @Override
    public synchronized boolean isOpen() {
        return !closed;
    }

    @Override
    public void close() throws IOException {
        Opened last;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            last = opened;
        }
        try {
            if (last != null) {
                last.channel.close();
            }
        } finally {
            release.run();
        }
    }
}
