package dev.cartd.claim;

import dev.cartd.cart.CartFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * The number of bytes of a file that were pulled: eight bytes, big-endian, that a later process reads to resume.
 *
 * @param channel the unfinished file that contains the number
 * @param at the position of the number in the channel, in bytes
 */
public record ResumePoint(FileChannel channel, long at) {
    private static final long LARGE = 16 << 20;

    /** Whether a file is large enough for a part of its own beside a tar, with this; a smaller one is pulled again. */
    public static boolean isKeptFor(CartFile file) {
        return file.size() >= LARGE;
    }

    /** Notes a position. */
    void note(long position) throws IOException {
        channel.write(ByteBuffer.allocate(Long.BYTES).putLong(position).flip(), at);
    }

    /** The position that was noted last; 0 if there is none. Not validated: a damaged one may be any number. */
    long position() throws IOException {
        ByteBuffer position = ByteBuffer.allocate(Long.BYTES);
        return channel.read(position, at) == Long.BYTES ? position.flip().getLong() : 0;
    }
}
