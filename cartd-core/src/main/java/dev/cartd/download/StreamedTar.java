package dev.cartd.download;

import dev.cartd.bundle.BundleChannel;
import dev.cartd.bundle.TarLayout;
import dev.cartd.cart.Cart;
import dev.cartd.volume.CartTree;
import java.io.IOException;
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
        return tree.missing(layout.files(from, to))
                .map(file -> "file " + file.path() + " is gone from the volume, or has not its size");
    }

    @Override
    public Layouts.Use use() {
        return layouts.use(cart, layout);
    }

    @Override
    public BundleChannel open(long from, long to) {
        return layout.open(tree.reader(), from, to);
    }
}
