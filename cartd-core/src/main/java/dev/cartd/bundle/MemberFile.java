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
 * The one file of a tar that is open at a time. One thread reads; any thread may close, which ends a read that is under
 * way. The lock guards the two fields that closing needs, and is never held while a disk is waited for.
 */
final class MemberFile implements Closeable {
    private final Contents contents;
    private @Nullable FileChannel channel;
    private boolean closed;

    MemberFile(Contents contents) {
        this.contents = contents;
    }

    /**
     * Fills the buffer with a file's bytes from {@code position} on. Every file that was read to its end is {@link
     * #done} before the next one's turn.
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
                throw changed(member, at);
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
                throw changed(member, opened.size());
            }
            return opened;
        } catch (IOException e) {
            opened.close();
            throw e;
        }
    }

    private static IOException changed(Regular member, long size) {
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

    /** Closes the current file: no more of its bytes are due. */
    void done() throws IOException {
        release(false);
    }

    /** Closes for good. */
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
