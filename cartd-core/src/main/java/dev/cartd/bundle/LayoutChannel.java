package dev.cartd.bundle;

import dev.cartd.bundle.Member.Regular;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;

/** Computes the bytes of a bundle while they are read, at best from one position on. */
final class LayoutChannel implements Closeable {
    private static final byte[] ZEROS = new byte[1024];
    private static final byte[] NONE = {};

    private final Layout layout;
    private final MemberFile file;
    private final long to;
    private long position = -1;
    private int piece;
    /** The current piece's header; empty until a byte of it is read. */
    private byte[] header = NONE;

    LayoutChannel(Layout layout, Contents contents, long to) {
        this.layout = layout;
        this.file = new MemberFile(contents);
        this.to = to;
    }

    /** Where the last read ended; negative before the first one. */
    long position() {
        return position;
    }

    /** Reads the bytes from {@code from} on; fills the buffer unless the range ends first. */
    int read(ByteBuffer dst, long from) throws IOException {
        if (from == to) {
            return -1;
        }
        if (from != position) {
            file.done();
            enter(layout.pieceAt(from));
            position = from;
        }
        while (dst.hasRemaining() && position < to) {
            step(dst);
        }
        return (int) (position - from);
    }

    private void enter(int next) {
        piece = next;
        header = NONE;
    }

    private void step(ByteBuffer dst) throws IOException {
        if (position == layout.next(piece)) {
            enter(piece + 1);
        }
        long data = layout.data(piece);
        long end = layout.end(piece);
        if (position < data) {
            readHeader(dst, data);
        } else if (position < end) {
            readData(dst, data, end);
        } else {
            readZeros(dst);
        }
    }

    private void readHeader(ByteBuffer dst, long data) {
        if (header.length == 0) {
            header = layout.header(piece);
        }
        int count = count(dst, data);
        dst.put(header, (int) (position - layout.start(piece)), count);
        position += count;
    }

    private void readData(ByteBuffer dst, long data, long end) throws IOException {
        Regular regular = Objects.requireNonNull(layout.file(piece));
        int count = count(dst, end);
        int limit = dst.limit();
        if (count == regular.size()) {
            file.readWhole(regular, dst);
        } else {
            file.read(regular, dst.limit(dst.position() + count), position - data);
        }
        dst.limit(limit);
        position += count;
        if (position == end) {
            file.done();
        }
    }

    private void readZeros(ByteBuffer dst) {
        int count = Math.min(ZEROS.length, count(dst, layout.next(piece)));
        dst.put(ZEROS, 0, count);
        position += count;
    }

    /** How many bytes before {@code end} are in the range and fit into the buffer. */
    private int count(ByteBuffer dst, long end) {
        return (int) Math.min(dst.remaining(), Math.min(end, to) - position);
    }

    /** Closes the file that is read, and refuses all further reads. */
    @Override
    public void close() throws IOException {
        file.close();
    }
}
