package dev.cartd.server;

import dev.cartd.bundle.Bundle;
import dev.cartd.bundle.BundleChannel;
import dev.cartd.bundle.BundleFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;

/** A bundle whose every byte follows from its place, of any length; can be told to fail or to end somewhere. */
final class FakeBundle implements Bundle {
    // Its length is prime, so that no two blocks of a usual size are equal.
    private static final byte[] PATTERN = pattern();
    static final Instant MODIFIED = Instant.parse("2026-11-22T12:15:04Z");

    final AtomicInteger open = new AtomicInteger();
    final AtomicInteger opened = new AtomicInteger();
    /** Called with each position that is read, before the bytes are there. */
    volatile LongConsumer reading = position -> {};

    private final String filename;
    private final long length;
    private final long failsAt;
    private final long endsAt;

    private FakeBundle(String filename, long length, long failsAt, long endsAt) {
        this.filename = filename;
        this.length = length;
        this.failsAt = failsAt;
        this.endsAt = endsAt;
    }

    static FakeBundle of(long length) {
        return new FakeBundle("my_cart.tar", length, Long.MAX_VALUE, length);
    }

    FakeBundle named(String name) {
        return new FakeBundle(name, length, failsAt, endsAt);
    }

    FakeBundle failingAt(long at) {
        return new FakeBundle(filename, length, at, endsAt);
    }

    FakeBundle endingAt(long at) {
        return new FakeBundle(filename, length, failsAt, at);
    }

    /** The bytes from one place up to another, as every download of any bundle must have them. */
    static byte[] bytes(long from, long to) {
        ByteBuffer bytes = ByteBuffer.allocate((int) (to - from));
        put(bytes, from);
        return bytes.array();
    }

    private static byte[] pattern() {
        byte[] pattern = new byte[65_521];
        new Random(3).nextBytes(pattern);
        return pattern;
    }

    private static void put(ByteBuffer buffer, long from) {
        long at = from;
        while (buffer.hasRemaining()) {
            int offset = (int) (at % PATTERN.length);
            int run = Math.min(buffer.remaining(), PATTERN.length - offset);
            buffer.put(PATTERN, offset, run);
            at += run;
        }
    }

    @Override
    public String filename() {
        return filename;
    }

    @Override
    public BundleFormat format() {
        return filename.endsWith(".zip") ? BundleFormat.ZIP : BundleFormat.TAR;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public String etag() {
        return "0123abcd";
    }

    @Override
    public Instant modified() {
        return MODIFIED;
    }

    @Override
    public BundleChannel open(long from, long to) {
        open.incrementAndGet();
        opened.incrementAndGet();
        return new Channel(from, Math.min(to, endsAt));
    }

    private final class Channel extends BundleChannel {
        private final long to;
        private volatile boolean closed;

        Channel(long from, long to) {
            super(from);
            this.to = to;
        }

        @Override
        public int read(ByteBuffer buffer, long position) throws IOException {
            if (closed) {
                throw new IOException("read after close");
            }
            if (position >= failsAt) {
                throw new IOException("a file is gone");
            }
            if (position >= to) {
                return -1;
            }
            int read = (int) Math.min(buffer.remaining(), Math.min(to, failsAt) - position);
            reading.accept(position);
            put(buffer.slice().limit(read), position);
            buffer.position(buffer.position() + read);
            return read;
        }

        @Override
        public boolean isScattered(long from, long end) {
            return true;
        }

        @Override
        public void rest() {}

        @Override
        public boolean isOpen() {
            return !closed;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                open.decrementAndGet();
            }
        }
    }
}
