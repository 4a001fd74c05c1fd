package dev.cartd.pull;

import dev.cartd.bundle.BundleName;
import dev.cartd.bundle.TarLayout;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.TwinStore.Twin;
import dev.cartd.volume.Volume;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Opens files of other carts, in their trees and tars. Each tar's layout is computed once per step, however many of its
 * files are copied. Safe for use by many threads.
 */
final class TwinFiles {
    private final CartStore store;
    private final Volume volume;
    private final Map<Long, Map<Long, Long>> offsets = new ConcurrentHashMap<>();

    TwinFiles(CartStore store, Volume volume) {
        this.store = store;
        this.volume = volume;
    }

    /**
     * Opens what has the bytes of a twin for reading, at the first of them.
     *
     * @throws IOException if the volume failed, the tar cannot be laid out, or the cart does not have the file any more
     */
    FileChannel open(Twin twin) throws IOException {
        Cart cart = twin.cart();
        if (!cart.bundle()) {
            return volume.tree(cart).open(twin.twin());
        }
        FileChannel tar = volume.tar(cart).open();
        try {
            return tar.position(offset(cart, twin.twin()));
        } catch (IOException e) {
            tar.close();
            throw e;
        }
    }

    private long offset(Cart cart, CartFile file) throws IOException {
        try {
            Long offset = offsets.computeIfAbsent(cart.id(), id -> layOut(cart)).get(file.id());
            if (offset == null) {
                throw new IOException("cart " + cart.id() + " has no such file any more");
            }
            return offset;
        } catch (RuntimeException e) {
            throw new IOException("the tar of cart " + cart.id() + " cannot be read", e);
        }
    }

    private Map<Long, Long> layOut(Cart cart) {
        List<CartFile> files = store.files(cart.id());
        TarLayout layout = TarLayout.of(BundleName.directory(cart.uid()), files);
        return files.stream().collect(Collectors.toMap(CartFile::id, layout::offset));
    }
}
