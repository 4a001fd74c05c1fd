package dev.cartd.bundle;

import dev.cartd.cart.CartFile;
import java.io.IOException;
import java.nio.channels.FileChannel;

/** Opens the files of a cart for reading, wherever their bytes are. */
@FunctionalInterface
public interface Contents {
    /**
     * Opens a file for reading; the caller closes the channel. {@link TarLayout#open} calls this on the thread that
     * reads the tar, only for files of the layout, and only when the first byte of the file is to be read. Several
     * threads that read several ranges may call it at once.
     *
     * @throws java.nio.file.NoSuchFileException if the file is gone
     * @throws IOException if the file cannot be opened
     */
    FileChannel open(CartFile file) throws IOException;
}
