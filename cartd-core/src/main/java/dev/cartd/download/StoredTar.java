package dev.cartd.download;

import dev.cartd.bundle.BundleChannel;
import dev.cartd.cart.Cart;
import dev.cartd.cart.Checksum;
import dev.cartd.volume.CartTar;
import dev.cartd.volume.OnDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/** The tar of a bundled cart, read from the volume. */
record StoredTar(CartTar tar, long length, String etag) implements BundleBytes {
    /** A tar that Pacifica Cartd made, which is served unchanged. */
    static StoredTar ofPacifica(CartTar tar, Cart cart, OnDisk found) {
        return new StoredTar(tar, found.size(), etag(cart, found));
    }

    /**
     * The validator of a tar that Pacifica Cartd made. Its bytes do not follow from the store, and to hash it for each
     * response would take too long. No program writes to it, so its size and modification time identify its content.
     * The digest of a {@link dev.cartd.bundle.TarLayout} is of other texts, so it is never the same.
     */
    private static String etag(Cart cart, OnDisk found) {
        String same = "the original's tar " + cart.id() + ' ' + found.size() + ' ' + found.modified();
        return HexFormat.of().formatHex(Checksum.sha256().digest(same.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public Optional<String> damage(long from, long to) throws IOException {
        return tar.has(length) ? Optional.empty() : Optional.of(FileSource.TAR_GONE);
    }

    @Override
    public BundleChannel open(long from, long to) throws IOException {
        return new FileSlice(tar.openFinished(), 0, from, to, () -> {});
    }
}
