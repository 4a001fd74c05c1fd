package dev.cartd.bundle;

import dev.cartd.bundle.Member.Regular;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Computes the bytes of a tar while they are read, at best from one position on. */
final class TarChannel implements Closeable {
    private static final byte[] ZEROS = new byte[2 * TarHeader.BLOCK];
    private static final byte[] NONE = {};

    private final TarLayout layout;
    private final MemberFile file;
    private final long to;
    private long position = -1;
    private int member;
    /** The current member's header; empty until a byte of it is read. */
    private byte[] header = NONE;

    TarChannel(TarLayout layout, Contents contents, long to) {
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
            enter(layout.memberAt(from));
            position = from;
        }
        while (dst.hasRemaining() && position < to) {
            step(dst);
        }
        return (int) (position - from);
    }

    private void enter(int next) {
        member = next;
        header = NONE;
    }

    private void step(ByteBuffer dst) throws IOException {
        if (position == layout.next(member)) {
            enter(member + 1);
        }
        long data = layout.data(member);
        long end = data + layout.member(member).size();
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
            header = layout.header(member);
        }
        int count = count(dst, data);
        dst.put(header, (int) (position - layout.start(member)), count);
        position += count;
    }

    private void readData(ByteBuffer dst, long data, long end) throws IOException {
        if (!(layout.member(member) instanceof Regular regular)) {
            throw new IllegalStateException("a directory has no data");
        }
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
        int count = Math.min(ZEROS.length, count(dst, layout.next(member)));
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
