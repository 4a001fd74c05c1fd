package dev.cartd.pull;

import dev.cartd.bundle.BundleName;
import dev.cartd.bundle.TarLayout;
import dev.cartd.cart.Cart;
import dev.cartd.spi.ArchiveException;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.TwinStore.Twin;
import dev.cartd.volume.Volume;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.compress.utils.BoundedSeekableByteChannelInputStream;

/**
 * Opens files of other carts, in their trees and tars. Each tar's layout is computed once per step, however many of its
 * files are read. Safe for use by many threads.
 */
final class TwinFiles {
    private final CartStore store;
    private final Volume volume;
    private final Map<Long, TarLayout> layouts = new ConcurrentHashMap<>();

    TwinFiles(CartStore store, Volume volume) {
        this.store = store;
        this.volume = volume;
    }

    /**
     * Opens the bytes of a twin from byte {@code from} to its end, like {@link dev.cartd.spi.Archive#pull}.
     *
     * @throws ArchiveException.Refused if the volume failed, the tar cannot be laid out, or the cart does not have the
     *     file any more
     */
    InputStream open(Twin twin, long from) {
        Cart cart = twin.cart();
        try {
            long offset = cart.bundle()
                    ? layouts.computeIfAbsent(cart.id(), id -> layOut(cart)).offset(twin.file())
                    : 0;
            FileChannel channel =
                    cart.bundle() ? volume.tar(cart).open() : volume.tree(cart).open(twin.file());
            return new BoundedSeekableByteChannelInputStream(
                    offset + from, twin.file().size() - from, channel) {
                @Override
                public void close() throws IOException {
                    channel.close();
                }
            };
        } catch (IOException | RuntimeException e) {
            throw new ArchiveException.Refused("cart " + cart.id() + " does not have it: " + e.getMessage());
        }
    }

    private TarLayout layOut(Cart cart) {
        return TarLayout.of(BundleName.directory(cart.uid()), store.files(cart.id()));
    }
}
