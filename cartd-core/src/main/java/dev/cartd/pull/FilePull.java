package dev.cartd.pull;

import dev.cartd.cart.CartFile;
import dev.cartd.cart.HumanText;
import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The pull of one file: its bytes go to a channel, from {@code base} on, and are hashed on the way. It survives cuts:
 * an attempt goes on where the one before stopped. What does not match is pulled again from the first byte.
 *
 * <p>For one thread at a time, but for {@link #cancel}.
 */
final class FilePull {
    /** So much in one attempt means that the archive is well, and that trying again is no waste. */
    private static final long FAR = 1 << 20;

    /** A body may take this long, and a second more for each of so many bytes: nobody drips a file for weeks. */
    private static final Duration PATIENCE = Duration.ofMinutes(30);

    private static final Duration FILL = Duration.ofSeconds(1);
    /** In bytes a second. */
    static final long SLOWEST = 16 << 10;

    /** Notes how far a pull is, after each buffer. */
    @FunctionalInterface
    interface Note {
        void at(long position) throws IOException;
    }

    private final Archive archive;
    private final CartFile file;
    private final int bufferSize;
    private final long deadline;
    private MessageDigest digest;
    private long position;
    private long begun;
    private boolean fresh = true;
    private long inherited;
    private boolean whole;
    private volatile long reached;
    private volatile boolean hashing;
    private volatile boolean receiving;
    private final Object opening = new Object();
    private volatile boolean cancelled;
    private volatile @Nullable InputStream stream;

    /** Who waits for the archive to answer. */
    private @Nullable Thread waiting;

    FilePull(Archive archive, CartFile file, int bufferSize) {
        this.archive = archive;
        this.file = file;
        this.bufferSize = (int) Math.max(1, Math.min(bufferSize, file.size()));
        this.digest = file.checksum().newDigest();
        this.deadline = System.nanoTime() + PATIENCE.toNanos() + file.size() / SLOWEST * 1_000_000_000;
    }

    /**
     * Has the first attempt go on after this many bytes, which an earlier process left and which are hashed again
     * first. Where they cannot be read, or the file turns out to be wrong, it is pulled anew at once: that is nobody's
     * failure.
     */
    void inherit(long count) {
        if (fresh && count >= 0 && count <= file.size()) {
            inherited = count;
            whole = count == file.size();
            reached = Math.max(reached, count);
        }
    }

    /**
     * How many bytes of the file are there, right or wrong: the room that it takes is not given back. May be called by
     * any thread.
     */
    long held() {
        return reached;
    }

    /** Hashes what was inherited, as far as it goes before others want their turn; tells whether to pull now. */
    private boolean rehash(FileChannel from, long base, BooleanSupplier yield) {
        hashing = position < inherited;
        try {
            return hashInherited(from, base, yield);
        } catch (IOException e) {
            restart();
            return true;
        } finally {
            hashing = false;
        }
    }

    /** Whether it hashes what an earlier process left; may be called by any thread. */
    boolean isHashing() {
        return hashing;
    }

    /** Whether it waits for the archive, or for bytes of it; may be called by any thread. */
    boolean isReceiving() {
        return receiving;
    }

    /** Which file it is and how far it is, for people; may be called by any thread. */
    @Override
    public String toString() {
        return "file " + file.path() + ", " + HumanText.size(reached) + " of " + HumanText.size(file.size());
    }

    private boolean hashInherited(FileChannel from, long base, BooleanSupplier yield) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bufferSize);
        while (position < inherited) {
            requireWanted();
            buffer.clear().limit((int) Math.min(buffer.capacity(), inherited - position));
            int read = from.read(buffer, base + position);
            if (read <= 0) {
                restart();
                return true;
            }
            digest.update(buffer.array(), 0, read);
            position += read;
            if (yield.getAsBoolean()) {
                return false;
            }
        }
        return true;
    }

    private void requireWanted() {
        if (cancelled) {
            throw new ArchiveException.Unreachable("the pull was cancelled");
        }
    }

    /**
     * Pulls until the file is whole and proven, or until {@code yield} says to make room (looked at after each buffer).
     *
     * @return whether it is whole and proven
     * @throws ArchiveException if what came is not the file, or did not come
     * @throws IOException if it could not be written
     */
    boolean run(FileChannel to, long base, BooleanSupplier yield, Note note) throws IOException {
        fresh = false;
        if (!rehash(to, base, yield)) {
            return false;
        }
        begun = position;
        receiving = position < file.size() || !whole;
        try {
            if (receiving && !receive(to, base, yield, note)) {
                return false;
            }
        } finally {
            receiving = false;
        }
        String actual = HexFormat.of().formatHex(digest.digest());
        if (actual.equals(file.checksum().value())) {
            return true;
        }
        boolean fromBefore = inherited > 0;
        restart();
        if (fromBefore) {
            return run(to, base, yield, note);
        }
        throw ArchiveException.Refused.damaged(file.checksum().type() + " is " + actual + ", expected "
                + file.checksum().value());
    }

    /** Whether the last attempt brought so much that it does not count as one without hope. */
    boolean cameFar() {
        return position - begun >= FAR;
    }

    /** How many bytes are there that may be gone on with; none after they turned out to be wrong. */
    long position() {
        return Math.max(position, inherited);
    }

    /** Has a running attempt end at once, and no other begin; may be called by any thread. */
    void cancel() {
        synchronized (opening) {
            cancelled = true;
            if (waiting != null) {
                waiting.interrupt();
            }
        }
        closeQuietly(stream);
    }

    /** Only here its thread is interrupted: where it writes, that would close the file for all others. */
    private InputStream open() {
        synchronized (opening) {
            requireWanted();
            waiting = Thread.currentThread();
        }
        try {
            return archive.pull(file.archiveId(), position, file.size());
        } finally {
            synchronized (opening) {
                waiting = null;
                if (cancelled) {
                    Thread.interrupted();
                }
            }
        }
    }

    private boolean receive(FileChannel to, long base, BooleanSupplier yield, Note note) throws IOException {
        InputStream in = open();
        stream = in;
        try {
            requireWanted();
            byte[] buffer = new byte[bufferSize];
            while (position < file.size()) {
                int count = fill(in, buffer, (int) Math.min(buffer.length, file.size() - position));
                write(to, base + position, ByteBuffer.wrap(buffer, 0, count));
                digest.update(buffer, 0, count);
                position += count;
                reached = Math.max(reached, position);
                note.at(position);
                if (position < file.size() && yield.getAsBoolean()) {
                    return false;
                }
            }
            requireEnd(in);
            return true;
        } finally {
            stream = null;
            closeQuietly(in);
        }
    }

    /** At least one byte, and as many as arrive before the end or within a second, up to {@code most}. */
    private int fill(InputStream in, byte[] buffer, int most) {
        int count = 0;
        long soon = System.nanoTime() + FILL.toNanos();
        while (count < most && (count == 0 || System.nanoTime() - soon < 0)) {
            int read = read(in, buffer, count, most - count, count > 0);
            if (read < 0) {
                if (count > 0) {
                    return count;
                }
                throw ArchiveException.Refused.damaged("only " + position + " of " + file.size() + " bytes arrived");
            }
            count += read;
            if (System.nanoTime() - deadline > 0) {
                throw ArchiveException.Refused.damaged(
                        "too slow: only " + position + " of " + file.size() + " bytes arrived");
            }
        }
        return count;
    }

    /** What arrived before a cut is kept, and the cut is met again by the next read. */
    private int read(InputStream in, byte[] buffer, int at, int most, boolean some) {
        try {
            return in.read(buffer, at, most);
        } catch (IOException e) {
            if (some) {
                return -1;
            }
            throw ArchiveException.Refused.damaged(
                    "the connection broke after " + position + " of " + file.size() + " bytes: " + e.getMessage());
        }
    }

    private void requireEnd(InputStream in) {
        boolean more;
        try {
            more = in.read() >= 0;
        } catch (IOException e) {
            return; // All bytes are here; how the connection ended does not matter to the hash.
        }
        if (more) {
            restart();
            throw ArchiveException.Refused.damaged("more than " + file.size() + " bytes arrived");
        }
    }

    private void restart() {
        position = 0;
        inherited = 0;
        whole = false;
        digest = file.checksum().newDigest();
    }

    private static void write(FileChannel to, long at, ByteBuffer bytes) throws IOException {
        long position = at;
        while (bytes.hasRemaining()) {
            position += to.write(bytes, position);
        }
    }

    private static void closeQuietly(@Nullable InputStream in) {
        if (in != null) {
            try {
                in.close();
            } catch (IOException e) {
                // There is nothing to lose: what arrived is hashed, and the rest is not wanted.
            }
        }
    }
}
