package dev.cartd.claim;

import dev.cartd.bundle.TarLayout;
import dev.cartd.cart.CartFile;
import dev.cartd.volume.Part;
import dev.cartd.volume.Parts;
import dev.cartd.volume.Volume;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes each file at its offset in the unfinished tar. The {@link ResumePoint} of a large file is a part beside it.
 */
final class TarWriter extends CartWriter {
    private final TarLayout layout;
    private final Part tar;

    /** Creates the unfinished tar if there is none. */
    TarWriter(Volume volume, TarLayout layout, Parts parts) throws IOException {
        super(volume, parts);
        this.layout = layout;
        this.tar = parts.open(Parts.TAR);
    }

    @Override
    public OpenFile open(CartFile file) throws IOException {
        long offset = layout.offset(file);
        // Holds nothing but the resume point. Kept until the cart is finished: a later step learns from it that an
        // unrecorded file is complete.
        Part kept = ResumePoint.isKeptFor(file) ? parts.open(file.id()) : null;
        return new OpenFile(file, tar, offset, parts, kept, 0);
    }

    @Override
    public boolean sync(List<Path> others) throws IOException {
        tar.channel().force(true);
        super.sync(others);
        return true;
    }

    @Override
    public void close() throws IOException {
        tar.close();
    }
}
