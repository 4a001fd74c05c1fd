package dev.cartd.bundle;

import dev.cartd.bundle.Member.Regular;
import dev.cartd.cart.FailureText;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the files of a tar one after the other, with one of them open at a time. One thread reads; any thread may
 * close, which ends a read that is under way. The lock guards the two fields that {@link #close} changes, and is never
 * held during disk access.
 */
final class MemberFile implements Closeable {
    private final Contents contents;
    private @Nullable FileChannel channel;
    private boolean closed;

    MemberFile(Contents contents) {
        this.contents = contents;
    }

    /**
     * Fills the buffer with a file's bytes from {@code position} on. The caller calls {@link #done} at the end of each
     * file, before it reads the next one.
     */
    void read(Regular member, ByteBuffer dst, long position) throws IOException {
        FileChannel source = current();
        if (source == null) {
            source = keep(open(member));
        }
        long at = position;
        while (dst.hasRemaining()) {
            int count = read(member, source, dst, at);
            if (count <= 0) {
                throw wrongSize(member, at);
            }
            at += count;
        }
    }

    private static int read(Regular member, FileChannel source, ByteBuffer dst, long at) throws IOException {
        try {
            return source.read(dst, at);
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException("file " + member.path() + " cannot be read: " + FailureText.withoutName(e), e);
        }
    }

    private FileChannel open(Regular member) throws IOException {
        FileChannel opened;
        try {
            opened = contents.open(member.file());
        } catch (NoSuchFileException e) {
            throw new IOException("file " + member.path() + " is gone", e);
        } catch (IOException e) {
            throw new IOException("file " + member.path() + " cannot be opened: " + FailureText.withoutName(e), e);
        }
        try {
            if (opened.size() != member.size()) {
                throw wrongSize(member, opened.size());
            }
            return opened;
        } catch (IOException e) {
            opened.close();
            throw e;
        }
    }

    private static IOException wrongSize(Regular member, long size) {
        return new IOException("file " + member.path() + " has " + size + " bytes, " + member.size() + " expected");
    }

    private synchronized @Nullable FileChannel current() {
        return channel;
    }

    private FileChannel keep(FileChannel opened) throws IOException {
        synchronized (this) {
            if (!closed) {
                channel = opened;
                return opened;
            }
        }
        opened.close();
        throw new ClosedChannelException();
    }

    /** Closes the current file after its last byte was read. */
    void done() throws IOException {
        release(false);
    }

    /** Closes the current file and refuses all further reads. */
    @Override
    public void close() throws IOException {
        release(true);
    }

    private void release(boolean forGood) throws IOException {
        FileChannel source;
        synchronized (this) {
            source = channel;
            channel = null;
            closed |= forGood;
        }
        if (source != null) {
            source.close();
        }
    }

    synchronized boolean isOpen() {
        return !closed;
    }
}
