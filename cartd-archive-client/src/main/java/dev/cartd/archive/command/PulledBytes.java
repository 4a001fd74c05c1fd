package dev.cartd.archive.command;

import dev.cartd.spi.ArchiveException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** What the program prints for a pull. For one reading thread; any thread may close it. */
final class PulledBytes extends InputStream {
    private final Run run;
    private byte[] piece;
    private int taken;
    private volatile boolean closed;

    /**
     * Waits for the first bytes, or the end.
     *
     * @throws ArchiveException if the program fails before it printed a byte
     */
    PulledBytes(Run run) {
        this.run = run;
        this.piece = run.next();
        if (piece.length == 0) {
            run.requireSuccess();
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (closed) {
            throw new IOException("closed");
        }
        if (length == 0) {
            return 0;
        }
        if (taken == piece.length && !fill()) {
            return -1;
        }
        int count = Math.min(length, piece.length - taken);
        System.arraycopy(piece, taken, bytes, offset, count);
        taken += count;
        return count;
    }

    /** Waits for the next bytes; returns whether there are any. */
    private boolean fill() throws IOException {
        try {
            piece = run.next();
            taken = 0;
            if (piece.length == 0) {
                run.requireSuccess();
            }
            return piece.length > 0;
        } catch (ArchiveException e) {
            throw new IOException(closed ? "closed" : e.getMessage(), e);
        }
    }

    /** Ends the program, if it still runs; a read that waits fails. */
    @Override
    public void close() {
        closed = true;
        run.close();
    }
}
