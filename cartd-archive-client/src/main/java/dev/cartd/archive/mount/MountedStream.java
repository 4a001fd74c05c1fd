package dev.cartd.archive.mount;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Reads a file by {@link Calls}, a block each. {@link #close} may be called by another thread. */
final class MountedStream extends InputStream {
    private static final int LARGEST_BLOCK = 1 << 18;

    private final Calls calls;
    private final InputStream file;
    private final byte[] block;

    /** The part of the block that was read and not yet taken. */
    private int next;

    private int end;

    /** Whether a call reads the file, or is about to: it closes the file if this stream is closed meanwhile. */
    private boolean isBusy;

    /** The last call that reads the file. Guarded by this, as the two others are. */
    private @Nullable CompletableFuture<Integer> reading;

    private boolean isClosed;

    /** The rest of a file, with about this many bytes. */
    MountedStream(Calls calls, InputStream file, long size) {
        this.calls = calls;
        this.file = file;
        this.block = new byte[(int) Math.max(1, Math.min(size, LARGEST_BLOCK))];
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        CompletableFuture<Integer> more = more();
        if (more != null) {
            int count = await(more);
            if (count < 0) {
                return -1;
            }
            next = 0;
            end = count;
        }
        int count = Math.min(length, end - next);
        System.arraycopy(block, next, bytes, offset, count);
        next += count;
        return count;
    }

    /** Begins to read the next block; null if there are bytes left of the last one. */
    private @Nullable CompletableFuture<Integer> more() throws IOException {
        synchronized (this) {
            if (isClosed) {
                throw new IOException("the stream is closed");
            }
            if (next < end) {
                return null;
            }
            isBusy = true;
        }
        CompletableFuture<Integer> begun = begin();
        synchronized (this) {
            reading = begun;
            if (isClosed) {
                close(begun);
            }
        }
        return begun;
    }

    private CompletableFuture<Integer> begin() throws IOException {
        try {
            return calls.begin(this::fill, late -> {});
        } catch (IOException e) {
            isIdle();
            throw e;
        }
    }

    private int fill() throws IOException {
        try {
            return file.read(block);
        } finally {
            isIdle();
        }
    }

    private synchronized void isIdle() {
        isBusy = false;
        if (isClosed) {
            Calls.close(file);
        }
    }

    private int await(CompletableFuture<Integer> more) throws IOException {
        try {
            return calls.await(more);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    @Override
    public synchronized void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        if (!isBusy) {
            Calls.close(file);
        } else if (reading != null) {
            close(reading);
        }
    }

    private static void close(CompletableFuture<Integer> read) {
        read.completeExceptionally(new IOException("the stream was closed"));
    }
}
