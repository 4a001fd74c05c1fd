package dev.cartd.pull;

import dev.cartd.cart.CartFile;
import dev.cartd.cart.HumanText;
import dev.cartd.spi.ArchiveException;
import dev.cartd.system.Timeline;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The pull of one file: writes its bytes to a channel, from {@code base} on, and hashes them on the way. An attempt
 * resumes where the one before stopped; after a hash mismatch the next one begins at the first byte.
 *
 * <p>For one thread at a time, except for the methods that say otherwise.
 */
final class FilePull {
    /** An attempt that brought at least this many bytes is not counted as a failed try: the archive works. */
    private static final long FAR = 1 << 20;

    /**
     * A pull may take this long, plus a second per {@link #SLOWEST} bytes: a dripping archive must not block for weeks.
     */
    private static final Duration PATIENCE = Duration.ofMinutes(30);

    /** How long a buffer is filled before its bytes are written. */
    private static final Duration FILL = Duration.ofSeconds(1);

    /** The lowest rate of a pull, in bytes per second. */
    static final long SLOWEST = 16 << 10;

    /** Called with the position of the pull after each buffer. */
    @FunctionalInterface
    interface Note {
        void written(long position) throws IOException;
    }

    private final LongFunction<InputStream> source;
    private final CartFile file;
    private final int bufferSize;
    private final Timeline timeline;
    private final long deadline;
    private MessageDigest digest;

    /** A zip needs it; beside the hash it costs next to nothing. */
    private final CRC32 crc = new CRC32();

    private long position;
    private long attemptStart;
    private boolean notStarted = true;
    private long left;
    private boolean hasAllBytes;
    private volatile long reached;
    private volatile boolean hashing;
    private volatile boolean receiving;
    private final Object opening = new Object();
    private volatile boolean cancelled;
    private volatile @Nullable InputStream stream;

    /** The thread that waits for the archive to answer; guarded by {@link #opening}. */
    private @Nullable Thread waiting;

    /** @param source opens the bytes of the file from a position on, like {@link dev.cartd.spi.Archive#pull} */
    FilePull(LongFunction<InputStream> source, CartFile file, int bufferSize, Timeline timeline) {
        this.timeline = timeline;
        this.source = source;
        this.file = file;
        this.bufferSize = (int) Math.max(1, Math.min(bufferSize, file.size()));
        this.digest = file.checksum().newDigest();
        this.deadline = timeline.nanos() + PATIENCE.toNanos() + file.size() / SLOWEST * 1_000_000_000;
    }

    /**
     * Resumes after {@code count} bytes that an earlier process left. The first attempt hashes them; if they cannot be
     * read, or the hash of the file is wrong in the end, it starts over from the first byte and does not fail. Does
     * nothing once an attempt has begun, or if the count is not from 0 to the size of the file.
     */
    void resumeAfter(long count) {
        if (notStarted && count >= 0 && count <= file.size()) {
            left = count;
            hasAllBytes = count == file.size();
            reached = Math.max(reached, count);
        }
    }

    /**
     * The bytes of the file on the volume, right or wrong: they keep their room even when the pull starts over. May be
     * called by any thread.
     */
    long bytesOnVolume() {
        return reached;
    }

    /** Hashes the bytes that an earlier process left, until all are hashed or {@code yield} returns true; returns whether to pull now. */
    private boolean rehash(FileChannel from, long base, BooleanSupplier yield) {
        hashing = position < left;
        try {
            return hashLeft(from, base, yield);
        } catch (IOException e) {
            restart();
            return true;
        } finally {
            hashing = false;
        }
    }

    /** Whether the pull is hashing bytes that an earlier process left; may be called by any thread. */
    boolean isHashing() {
        return hashing;
    }

    /** Whether the pull waits for an answer or bytes of the archive; may be called by any thread. */
    boolean isReceiving() {
        return receiving;
    }

    /** The path of the file and how much of it has arrived, for people; may be called by any thread. */
    @Override
    public String toString() {
        return "file " + file.path() + ", " + HumanText.size(reached) + " of " + HumanText.size(file.size());
    }

    private boolean hashLeft(FileChannel from, long base, BooleanSupplier yield) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bufferSize);
        while (position < left) {
            requireWanted();
            buffer.clear().limit((int) Math.min(buffer.capacity(), left - position));
            int read = from.read(buffer, base + position);
            if (read <= 0) {
                restart();
                return true;
            }
            hash(buffer.array(), read);
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
     * Pulls until the file is complete and its hash is right, or until {@code yield}, which is called after each
     * buffer, returns true.
     *
     * @return whether the file is complete and its hash is right
     * @throws ArchiveException if the archive failed, or sent too few, too many or wrong bytes, or the pull was
     *     cancelled
     * @throws IOException if the channel could not be written
     */
    boolean run(FileChannel to, long base, BooleanSupplier yield, Note note) throws IOException {
        notStarted = false;
        if (!rehash(to, base, yield)) {
            return false;
        }
        attemptStart = position;
        receiving = position < file.size() || !hasAllBytes;
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
        boolean hadLeft = left > 0;
        restart();
        if (hadLeft) {
            return run(to, base, yield, note);
        }
        throw ArchiveException.Refused.damaged(file.checksum().type() + " is " + actual + ", expected "
                + file.checksum().value());
    }

    /** The CRC-32 of the file, once {@link #run} returned true. */
    long crc() {
        return crc.getValue();
    }

    /** Whether the last attempt brought so many bytes that it is not counted as a failed try. */
    boolean cameFar() {
        return position - attemptStart >= FAR;
    }

    /** The bytes after which the next attempt resumes; 0 after a hash mismatch. */
    long position() {
        return Math.max(position, left);
    }

    /** Ends a running attempt at once, and makes later ones fail; may be called by any thread. */
    void cancel() {
        synchronized (opening) {
            cancelled = true;
            if (waiting != null) {
                waiting.interrupt();
            }
        }
        closeQuietly(stream);
    }

    /**
     * Asks the archive for the bytes. Only here may the thread be interrupted: an interrupt during a write would close
     * the channel for all requests that share it.
     */
    private InputStream open() {
        synchronized (opening) {
            requireWanted();
            waiting = Thread.currentThread();
        }
        try {
            return source.apply(position);
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
                hash(buffer, count);
                position += count;
                reached = Math.max(reached, position);
                note.written(position);
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

    private void hash(byte[] bytes, int count) {
        digest.update(bytes, 0, count);
        crc.update(bytes, 0, count);
    }

    /** Reads at least one byte, and at most {@code most}: as many as arrive within a second. Returns their number. */
    private int fill(InputStream in, byte[] buffer, int most) {
        int count = 0;
        long soon = timeline.nanos() + FILL.toNanos();
        while (count < most && (count == 0 || timeline.nanos() - soon < 0)) {
            int read = read(in, buffer, count, most - count, count > 0);
            if (read < 0) {
                if (count > 0) {
                    return count;
                }
                throw ArchiveException.Refused.damaged("only " + position + " of " + file.size() + " bytes arrived");
            }
            count += read;
            if (timeline.nanos() - deadline > 0) {
                throw ArchiveException.Refused.damaged(
                        "too slow: only " + position + " of " + file.size() + " bytes arrived");
            }
        }
        return count;
    }

    /** If some bytes arrived before the connection broke they are kept, and the next read reports the break. */
    private int read(InputStream in, byte[] buffer, int at, int most, boolean anyRead) {
        try {
            return in.read(buffer, at, most);
        } catch (IOException e) {
            if (anyRead) {
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
            return; // All bytes have arrived: a broken connection does not change their hash.
        }
        if (more) {
            restart();
            throw ArchiveException.Refused.damaged("more than " + file.size() + " bytes arrived");
        }
    }

    private void restart() {
        position = 0;
        left = 0;
        hasAllBytes = false;
        digest = file.checksum().newDigest();
        crc.reset();
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
                // Nothing is lost: the bytes that arrived are hashed, and the others are not needed.
            }
        }
    }
}
