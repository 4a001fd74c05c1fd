package dev.cartd.simulation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** An open file or directory of a {@link Drive}. As with any file channel, an interrupt closes it. */
final class DriveChannel extends FileChannel {
    final Inode inode;
    private final Drive drive;
    private final boolean reads;
    private final boolean writes;
    private long position;

    DriveChannel(Drive drive, Inode inode, boolean reads, boolean writes) {
        this.drive = drive;
        this.inode = inode;
        this.reads = reads;
        this.writes = writes;
    }

    private <T> T interruptibly(Drive.Work<T> work) throws IOException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
        boolean done = false;
        begin();
        try {
            T result = work.run();
            done = true;
            return result;
        } finally {
            end(done);
        }
    }

    @Override
    public int read(ByteBuffer to, long at) throws IOException {
        if (!reads) {
            throw new NonReadableChannelException();
        }
        return interruptibly(() -> {
            drive.begin(Drive.Operation.READ);
            if (inode.kind == Inode.Kind.DIRECTORY) {
                throw new IOException("Is a directory");
            }
            return at >= inode.size() ? -1 : inode.read(to, at);
        });
    }

    @Override
    public int write(ByteBuffer from, long at) throws IOException {
        if (!writes) {
            throw new NonWritableChannelException();
        }
        return interruptibly(() -> {
            int count = from.remaining();
            drive.write(inode, from, at);
            return count;
        });
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        int count = read(to, position);
        position += Math.max(0, count);
        return count;
    }

    @Override
    public long read(ByteBuffer[] to, int offset, int length) throws IOException {
        long count = 0;
        for (int i = offset; i < offset + length; i++) {
            int read = to[i].hasRemaining() ? read(to[i]) : 0;
            if (read < 0) {
                return count == 0 ? -1 : count;
            }
            count += read;
        }
        return count;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        int count = write(from, position);
        position += count;
        return count;
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) throws IOException {
        long count = 0;
        for (int i = offset; i < offset + length; i++) {
            count += write(from[i]);
        }
        return count;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public FileChannel position(long newPosition) {
        position = newPosition;
        return this;
    }

    @Override
    public long size() throws IOException {
        return interruptibly(inode::size);
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        drive.truncate(inode, size);
        position = Math.min(position, size);
        return this;
    }

    @Override
    public void force(boolean metadata) throws IOException {
        interruptibly(() -> {
            drive.sync(inode);
            return true;
        });
    }

    @Override
    public long transferTo(long at, long count, WritableByteChannel to) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(count, 16 << 10));
        int read = read(buffer, at);
        return read <= 0 ? 0 : to.write(buffer.flip());
    }

    @Override
    public long transferFrom(ReadableByteChannel from, long at, long count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long at, long size) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock lock(long at, long size, boolean shared) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock tryLock(long at, long size, boolean shared) {
        throw new UnsupportedOperationException();
    }

    @Override
    protected void implCloseChannel() {
        drive.closed(this);
    }
}
