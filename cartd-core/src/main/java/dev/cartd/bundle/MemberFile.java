package dev.cartd.bundle;

import dev.cartd.bundle.Member.Regular;
import dev.cartd.cart.FailureText;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the files of a bundle one after the other, with one of them open at a time. One thread reads; any thread may
 * close, which ends a read that is under way. The lock guards the two fields that {@link #close} changes, and is never
 * held during disk access.
 */
final class MemberFile implements Closeable {
    private final Contents contents;
    private @Nullable SeekableByteChannel channel;
    private boolean closed;

    MemberFile(Contents contents) {
        this.contents = contents;
    }

    /**
     * Fills the buffer with a file's bytes from {@code position} on, which is where the last read of the file ended.
     * The caller calls {@link #done} at the end of each file, before it reads the next one.
     */
    void read(Regular member, ByteBuffer dst, long position) throws IOException {
        SeekableByteChannel source = current();
        if (source == null) {
            source = keep(ofRightSize(member, open(member)));
            source.position(position);
        }
        long start = position - dst.position();
        while (dst.hasRemaining()) {
            if (read(member, source, dst) <= 0) {
                throw wrongSize(member, start + dst.position());
            }
        }
    }

    /** Reads a whole file. The limit of the buffer is changed. */
    void readWhole(Regular member, ByteBuffer dst) throws IOException {
        SeekableByteChannel source = keep(open(member));
        int size = (int) member.size();
        int end = dst.position() + size;
        if (dst.limit() > end) {
            // One byte more than the file must have: so the read tells the size as well.
            dst.limit(end + 1);
        } else {
            ofRightSize(member, source);
        }
        while (dst.position() < end) {
            if (read(member, source, dst) <= 0) {
                throw wrongSize(member, dst.position() - end + size);
            }
        }
        if (dst.position() > end) {
            throw wrongSize(member, source.size());
        }
    }

    private static int read(Regular member, SeekableByteChannel source, ByteBuffer dst) throws IOException {
        try {
            return source.read(dst);
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException("file " + member.path() + " cannot be read: " + FailureText.withoutName(e), e);
        }
    }

    private SeekableByteChannel open(Regular member) throws IOException {
        try {
            return contents.open(member.file());
        } catch (NoSuchFileException e) {
            throw new IOException("file " + member.path() + " is gone", e);
        } catch (IOException e) {
            throw new IOException("file " + member.path() + " cannot be opened: " + FailureText.withoutName(e), e);
        }
    }

    private static SeekableByteChannel ofRightSize(Regular member, SeekableByteChannel opened) throws IOException {
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

    private synchronized @Nullable SeekableByteChannel current() {
        return channel;
    }

    private SeekableByteChannel keep(SeekableByteChannel opened) throws IOException {
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
        SeekableByteChannel source;
        synchronized (this) {
            source = channel;
            channel = null;
            closed |= forGood;
        }
        if (source != null) {
            source.close();
        }
    }
}
