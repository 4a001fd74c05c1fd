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

    /** The call that reads the file now, which closes the file if this stream is closed meanwhile. Guarded by this. */
    private @Nullable CompletableFuture<Integer> reading;

    /** Guarded by this. */
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
    private synchronized @Nullable CompletableFuture<Integer> more() throws IOException {
        if (isClosed) {
            throw new IOException("the stream is closed");
        }
        if (next < end) {
            return null;
        }
        CompletableFuture<Integer> begun = calls.begin(this::fill, late -> {});
        reading = begun;
        return begun;
    }

    private int fill() throws IOException {
        try {
            return file.read(block);
        } finally {
            synchronized (this) {
                reading = null;
                if (isClosed) {
                    Calls.close(file);
                }
            }
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
        if (reading == null) {
            Calls.close(file);
        } else {
            reading.completeExceptionally(new IOException("the stream was closed"));
        }
    }
}
