package dev.cartd.pull;

import dev.cartd.spi.TwinStore.Twin;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.function.BooleanSupplier;

/**
 * Copies a file's bytes from its twin, which is in another cart on the volume, a chunk at a time. The kernel copies
 * them where it can, and shares the blocks where the file system can. The caller has to hash the copy. For one thread
 * at a time.
 */
final class TwinCopy {
    private static final long CHUNK = 8 << 20;

    private final TwinFiles files;
    private final Twin twin;
    private long position;

    TwinCopy(TwinFiles files, Twin twin) {
        this.files = files;
        this.twin = twin;
    }

    /**
     * Copies until the file is complete, or until {@code yield}, which is called after each chunk, returns true. The
     * next call resumes.
     *
     * @param base the position of the file in {@code to}, in bytes
     * @return whether the copy is complete
     * @throws IOException if the volume failed or the twin is gone
     */
    boolean run(FileChannel to, long base, BooleanSupplier yield) throws IOException {
        long size = twin.twin().size();
        if (position == size) {
            return true;
        }
        if (to.size() < base + size) {
            to.write(ByteBuffer.allocate(1), base + size - 1); // transferFrom() needs its position inside the file.
        }
        try (FileChannel from = files.open(twin)) {
            long offset = from.position();
            while (position < size) {
                // `to` is written by absolute position: other requests write to the same tar at the same time.
                from.position(offset + position);
                long count = to.transferFrom(from, base + position, Math.min(CHUNK, size - position));
                if (count <= 0) {
                    throw new EOFException("cart " + twin.cart().id() + " has no more of the file");
                }
                position += count;
                if (position < size && yield.getAsBoolean()) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The bytes that are copied so far. */
    long copied() {
        return position;
    }
}
