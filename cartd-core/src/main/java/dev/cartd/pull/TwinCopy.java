package dev.cartd.pull;

import dev.cartd.cart.Cart;
import dev.cartd.spi.TwinStore.Twin;
import dev.cartd.volume.Volume;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.function.BooleanSupplier;

/**
 * Copies a file's bytes from another cart on the volume, in the kernel where the system can (and without any copying
 * where the file system shares blocks), a piece at a time. What it copied is to be hashed like all that was there
 * before. For one thread at a time.
 */
final class TwinCopy {
    private static final long CHUNK = 8 << 20;

    private final Volume volume;
    private final TwinTars tars;
    private final Twin twin;
    private long position;

    TwinCopy(Volume volume, TwinTars tars, Twin twin) {
        this.volume = volume;
        this.tars = tars;
        this.twin = twin;
    }

    /**
     * Goes on until all is copied, or {@code yield} says to make room.
     *
     * @return whether all is copied
     * @throws IOException also if the other cart is gone
     */
    boolean run(FileChannel to, long base, BooleanSupplier yield) throws IOException {
        long size = twin.twin().size();
        if (position == size) {
            return true;
        }
        if (to.size() < base + size) {
            to.write(ByteBuffer.allocate(1), base + size - 1); // Nothing is transferred to beyond the end.
        }
        try (FileChannel from = open()) {
            long offset = tars.offset(twin);
            while (position < size) {
                // By place, not by the channel's position: others write to the same tar at the same time.
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

    /** How many bytes are copied. */
    long copied() {
        return position;
    }

    private FileChannel open() throws IOException {
        Cart cart = twin.cart();
        return cart.bundle() ? volume.openTar(cart) : volume.open(cart, twin.twin());
    }
}
