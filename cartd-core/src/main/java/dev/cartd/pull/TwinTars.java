package dev.cartd.pull;

import dev.cartd.bundle.BundleName;
import dev.cartd.bundle.TarLayout;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.TwinStore.Twin;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The offsets of files in the tars of other carts. Each tar's layout is computed once per step, however many of its
 * files are copied. Safe for use by many threads.
 */
final class TwinTars {
    private final CartStore store;
    private final Map<Long, Map<Long, Long>> offsets = new ConcurrentHashMap<>();

    TwinTars(CartStore store) {
        this.store = store;
    }

    /**
     * The offset of the twin in the tar of its cart, in bytes; 0 for a streamed cart.
     *
     * @throws IOException if the layout cannot be computed, or the cart does not have the file any more
     */
    long offset(Twin twin) throws IOException {
        Cart cart = twin.cart();
        if (!cart.bundle()) {
            return 0;
        }
        try {
            Long offset = offsets.computeIfAbsent(cart.id(), id -> layOut(cart))
                    .get(twin.twin().id());
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
