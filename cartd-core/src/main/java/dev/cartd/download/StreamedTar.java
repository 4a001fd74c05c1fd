package dev.cartd.download;

import dev.cartd.bundle.TarLayout;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.volume.CartTree;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;

/** The tar of a streamed cart, computed from the files of its tree. */
record StreamedTar(CartTree tree, Cart cart, TarLayout layout, Layouts layouts) implements TarBytes {
    @Override
    public long length() {
        return layout.length();
    }

    @Override
    public String etag() {
        return layout.etag();
    }

    @Override
    public Optional<String> damage(long from, long to) throws IOException {
        for (CartFile file : layout.files(from, to)) {
            if (!tree.has(file)) {
                return Optional.of("file " + file.path() + " is gone from the volume, or has not its size");
            }
        }
        return Optional.empty();
    }

    @Override
    public Layouts.Use use() {
        return layouts.use(cart, layout);
    }

    @Override
    public ReadableByteChannel open(long from, long to) {
        return layout.open(tree::open, from, to);
    }
}
