package dev.cartd.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/**
 * A range of the bytes of a {@link Bundle}, open for reading: one after the other, by one thread at a time, or at any
 * position, by any number of threads. Any thread may close the channel, which ends the reads that are under way.
 */
public abstract class BundleChannel implements ReadableByteChannel {
    private long next;

    /** @param from where the range begins, counted from the beginning of the bundle */
    protected BundleChannel(long from) {
        this.next = from;
    }

    /**
     * Reads the next bytes, and fills the buffer unless the range ends first.
     *
     * @return how many bytes were read; -1 at the end of the range
     * @throws IOException as {@link #read(ByteBuffer, long)}
     */
    @Override
    public final int read(ByteBuffer dst) throws IOException {
        int count = read(dst, next);
        next += Math.max(0, count);
        return count;
    }

    /**
     * Reads the bytes from {@code position} on, and fills the buffer unless the range ends first. Does not change where
     * {@link #read(ByteBuffer)} goes on.
     *
     * @param position counted from the beginning of the bundle; in the range
     * @return how many bytes were read; -1 at the end of the range
     * @throws IOException if a file is gone or damaged, or cannot be read: no byte is ever made up or left out
     */
    public abstract int read(ByteBuffer dst, long position) throws IOException;

    /**
     * Whether the bytes from {@code from} (included) to {@code to} (not included) come from so many files that several
     * threads read them faster than one.
     */
    public abstract boolean isScattered(long from, long to);

    /** Closes what is kept open only to make the next read faster. To be called when no read may follow for long. */
    public abstract void rest() throws IOException;
}
