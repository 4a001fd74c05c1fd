package dev.cartd.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Writes to places of a file, in rising order; neighbours that touch go out as one write. */
final class GatheringWriter {
    private static final int CAPACITY = 64 * 1024;

    private final FileChannel channel;
    private final ByteBuffer gathered = ByteBuffer.allocate(CAPACITY);
    private long start;

    GatheringWriter(FileChannel channel) {
        this.channel = channel;
    }

    /** Writes bytes, at most 64 KiB, to this place, now or with what follows. */
    void write(long position, byte[] bytes) throws IOException {
        if (position != start + gathered.position() || bytes.length > gathered.remaining()) {
            flush();
            start = position;
        }
        gathered.put(bytes);
    }

    /** Writes what was gathered. */
    void flush() throws IOException {
        gathered.flip();
        long position = start;
        while (gathered.hasRemaining()) {
            position += channel.write(gathered, position);
        }
        gathered.clear();
        start = position;
    }
}
