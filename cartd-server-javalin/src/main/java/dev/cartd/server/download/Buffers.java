package dev.cartd.server.download;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** The buffers of downloads: a limited number of large ones, which are reused. Safe for use by many threads. */
final class Buffers {
    /** The bytes of a large buffer. */
    static final int LARGE = 256 * 1024;

    private static final int SMALL = 32 * 1024;
    private static final int MOST_LARGE = 128;

    private final BlockingQueue<ByteBuffer> free = new ArrayBlockingQueue<>(MOST_LARGE);
    private final AtomicInteger allocated = new AtomicInteger();

    /** The first buffer of a download: a large one if one is free or may be allocated, otherwise a small one. */
    ByteBuffer first(long bytes) {
        return bytes <= SMALL
                ? ByteBuffer.allocateDirect((int) bytes)
                : large().orElseGet(() -> ByteBuffer.allocateDirect(SMALL));
    }

    /** A large buffer, if one is free or may be allocated. */
    Optional<ByteBuffer> large() {
        ByteBuffer buffer = free.poll();
        if (buffer != null) {
            return Optional.of(buffer);
        }
        if (allocated.incrementAndGet() <= MOST_LARGE) {
            return Optional.of(ByteBuffer.allocateDirect(LARGE));
        }
        allocated.decrementAndGet();
        return Optional.empty();
    }

    /**
     * Takes back a buffer.
     *
     * @param unused whether nothing uses it any more; otherwise it is not reused
     */
    void giveBack(ByteBuffer buffer, boolean unused) {
        if (buffer.capacity() == LARGE && !(unused && free.offer(buffer))) {
            allocated.decrementAndGet();
        }
    }
}
