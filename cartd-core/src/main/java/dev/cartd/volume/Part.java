package dev.cartd.volume;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** An unfinished file, open for reading and writing: nobody else has it open for writing, or ever will. */
public final class Part implements Closeable {
    private final Path path;
    private final FileChannel channel;
    private final boolean inherited;
    private final Runnable onClose;

    Part(Path path, FileChannel channel, boolean inherited, Runnable onClose) {
        this.path = path;
        this.channel = channel;
        this.inherited = inherited;
        this.onClose = onClose;
    }

    /** Its temporary name. */
    public Path path() {
        return path;
    }

    /** For reading and writing. */
    public FileChannel channel() {
        return channel;
    }

    /** Whether it was there before, so that its bytes may be those of an earlier attempt. */
    public boolean inherited() {
        return inherited;
    }

    /** Closes the file; its name stays. */
    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            onClose.run();
        }
    }
}
