package dev.cartd.bundle;

import dev.cartd.cart.CartFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;

/** Opens the files of a cart for reading, wherever their bytes are. */
@FunctionalInterface
public interface Contents extends Closeable {
    /**
     * Opens a file for reading; the caller closes the channel. {@link Layout#open} calls this on the thread that
     * reads the bundle, only for files of the layout, and only when the first byte of the file is to be read. Several
     * threads that read several ranges may call it at once.
     *
     * @throws java.nio.file.NoSuchFileException if the file is gone
     * @throws IOException if the file cannot be opened
     */
    SeekableByteChannel open(CartFile file) throws IOException;

    /** Closes what is kept open only to open the next files faster. */
    default void rest() throws IOException {}

    /** Closes all that is open but the files. Any thread may call this, also while a file is being opened. */
    @Override
    default void close() throws IOException {}
}
