package dev.cartd.download;

import dev.cartd.bundle.BundleChannel;
import dev.cartd.bundle.Contents;
import dev.cartd.bundle.Layout;
import dev.cartd.cart.Cart;
import java.io.IOException;
import java.util.Optional;

/** A bundle that is computed from the files of its cart as it is read. */
record ComputedBytes(FileSource source, Cart cart, Layout layout, Layouts layouts) implements BundleBytes {
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
        return source.damage(layout.files(from, to));
    }

    @Override
    public Layouts.Use use() {
        return layouts.use(cart, layout);
    }

    @Override
    public BundleChannel open(long from, long to) throws IOException {
        Contents contents = source.open();
        return layout.open(contents, from, to);
    }
}
