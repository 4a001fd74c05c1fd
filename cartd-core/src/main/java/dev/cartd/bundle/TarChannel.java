package dev.cartd.bundle;

import dev.cartd.bundle.Member.Regular;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;

/** Computes a range of a tar while it is read. */
final class TarChannel implements ReadableByteChannel {
    private static final byte[] ZEROS = new byte[2 * TarHeader.BLOCK];

    private final TarLayout layout;
    private final MemberFile file;
    private final long to;
    private long position;
    private int member;
    /** The current member's header; empty until a byte of it is read. */
    private byte[] header = {};

    TarChannel(TarLayout layout, Contents contents, long from, long to) {
        this.layout = layout;
        this.file = new MemberFile(contents);
        this.to = to;
        position = from;
        member = layout.memberAt(from);
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
        if (position == to) {
            return -1;
        }
        long before = position;
        while (dst.hasRemaining() && position < to) {
            step(dst);
        }
        return (int) (position - before);
    }

    private void step(ByteBuffer dst) throws IOException {
        if (position == layout.next(member)) {
            member++;
            header = new byte[0];
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
        ByteBuffer window = dst.slice(dst.position(), count);
        file.read(regular, window, position - data);
        dst.position(dst.position() + count);
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

    @Override
    public boolean isOpen() {
        return file.isOpen();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
