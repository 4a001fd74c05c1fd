package dev.cartd.pull;

import dev.cartd.cart.CartFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** How far the pull of a file is: eight bytes at a place in a channel, from where the next process reads them. */
public record ResumeMark(FileChannel channel, long at) implements FilePull.Note {
    private static final long LARGE = 16 << 20;

    /** Whether one is kept in a file of its own, beside a tar: where the file is smaller, pulling it again is cheaper. */
    public static boolean isKeptFor(CartFile file) {
        return file.size() >= LARGE;
    }

    @Override
    public void at(long position) throws IOException {
        channel.write(ByteBuffer.allocate(Long.BYTES).putLong(position).flip(), at);
    }

    /** What was noted last; 0 if nothing was. Whatever the file holds may come out of it. */
    long position() throws IOException {
        ByteBuffer position = ByteBuffer.allocate(Long.BYTES);
        return channel.read(position, at) == Long.BYTES ? position.flip().getLong() : 0;
    }
}
