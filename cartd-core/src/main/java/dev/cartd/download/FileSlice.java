package dev.cartd.download;

import dev.cartd.bundle.BundleChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicBoolean;

/** A range of what lies in a file from some position on. */
final class FileSlice extends BundleChannel {
    private final FileChannel channel;
    private final long start;
    private final long to;
    private final Runnable release;
    private final AtomicBoolean released = new AtomicBoolean();

    /**
     * @param channel is closed with the slice
     * @param start where in the file the first byte is that positions are counted from
     * @param from where the range begins, counted from {@code start}
     * @param to where it ends
     * @param release runs once, when the slice is closed
     */
    FileSlice(FileChannel channel, long start, long from, long to, Runnable release) {
        super(from);
        this.channel = channel;
        this.start = start;
        this.to = to;
        this.release = release;
    }

    @Override
    public int read(ByteBuffer dst, long at) throws IOException {
        if (at == to) {
            return -1;
        }
        return read(channel, start, to, dst, at);
    }

    /**
     * Reads bytes of a range.
     *
     * @param start where in the channel the first byte is that {@code at} and {@code to} are counted from
     * @return how many bytes were read
     */
    static int read(FileChannel channel, long start, long to, ByteBuffer dst, long at) throws IOException {
        int most = (int) Math.min(dst.remaining(), to - at);
        int count = channel.read(dst.slice(dst.position(), most), start + at);
        if (count < 0) {
            throw new IOException("the file ended at byte " + at + ", before byte " + to);
        }
        dst.position(dst.position() + count);
        return count;
    }

    @Override
    public boolean isScattered(long first, long end) {
        return false;
    }

    @Override
    public void rest() {}

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            if (!released.getAndSet(true)) {
                release.run();
            }
        }
    }
}
