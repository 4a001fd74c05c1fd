package dev.cartd.download;

import dev.cartd.bundle.TarLayout;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.volume.Volume;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;

/** The tar of a streamed cart, computed from the files of its tree. */
record StreamedTar(Volume volume, Cart cart, TarLayout layout, Layouts layouts) implements TarBytes {
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
            if (!volume.has(cart, file)) {
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
        return layout.open(this::contents, from, to);
    }

    private FileChannel contents(CartFile file) throws IOException {
        return volume.open(cart, file);
    }
}
