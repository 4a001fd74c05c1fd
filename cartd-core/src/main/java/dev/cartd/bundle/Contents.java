package dev.cartd.bundle;

import dev.cartd.cart.CartFile;
import java.io.IOException;
import java.nio.channels.FileChannel;

/** Where the bytes of a cart's files are. */
@FunctionalInterface
public interface Contents {
    /**
     * Opens a file for reading. Who asks closes the channel. Called by the thread that reads, with files of the layout
     * only, and only when bytes of that file are due.
     *
     * @throws java.nio.file.NoSuchFileException if it is gone
     * @throws IOException if it cannot be opened
     */
    FileChannel open(CartFile file) throws IOException;
}
