package dev.cartd.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Writes pieces of a file at ascending positions, and joins adjacent pieces into one write. */
final class GatheringWriter {
    private static final int CAPACITY = 64 * 1024;

    private final FileChannel channel;
    private final ByteBuffer gathered = ByteBuffer.allocate(CAPACITY);
    private long start;

    GatheringWriter(FileChannel channel) {
        this.channel = channel;
    }

    /** Writes at most 64 KiB at this position, now or together with later pieces. */
    void write(long position, byte[] bytes) throws IOException {
        if (position != start + gathered.position() || bytes.length > gathered.remaining()) {
            flush();
            start = position;
        }
        gathered.put(bytes);
    }

    /** Writes the pieces that are still in memory. */
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
