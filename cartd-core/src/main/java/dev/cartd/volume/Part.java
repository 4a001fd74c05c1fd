package dev.cartd.volume;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * An unfinished file, open for reading and writing. No other step has it open for writing, or will open it. {@link
 * #channel} may be used and {@link #close} be called by any thread.
 */
public final class Part implements Closeable {
    private final Path path;
    private final FileChannel channel;
    private final boolean earlierBytes;
    private final Runnable onClose;

    Part(Path path, FileChannel channel, boolean earlierBytes, Runnable onClose) {
        this.path = path;
        this.channel = channel;
        this.earlierBytes = earlierBytes;
        this.onClose = onClose;
    }

    /** The temporary path of the file; no longer valid once a later step of the cart has begun. */
    public Path path() {
        return path;
    }

    /** The open file. */
    public FileChannel channel() {
        return channel;
    }

    /** Whether the file may have bytes of an earlier attempt. */
    public boolean hasEarlierBytes() {
        return earlierBytes;
    }

    /** Closes the file, and keeps it on the volume. */
    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            onClose.run();
        }
    }
}
