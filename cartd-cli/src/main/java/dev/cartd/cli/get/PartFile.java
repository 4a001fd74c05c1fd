package dev.cartd.cli.get;

import dev.cartd.cart.Checksum;
import dev.cartd.cart.FailureText;
import dev.cartd.cli.config.FailedException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/**
 * An unfinished file, whose bytes stay there if the process is killed. Its hash grows with it, and so do the bytes of
 * the progress. Each method throws {@link FailedException} if the disk fails: then no other file would fare better. For
 * one thread.
 */
final class PartFile implements Closeable {
    private static final int BUFFER = 1 << 16;

    private final Path path;
    private final Optional<Checksum> checksum;
    private final FileChannel channel;
    private final GetProgress progress;
    private Optional<MessageDigest> digest;
    private long length;

    private PartFile(Path path, Optional<Checksum> checksum, FileChannel channel, GetProgress progress) {
        this.path = path;
        this.checksum = checksum;
        this.channel = channel;
        this.progress = progress;
        this.digest = checksum.map(Checksum::newDigest);
    }

    /**
     * Opens a part. What an earlier process wrote counts.
     *
     * @param checksum what the whole must have; empty if that is not known
     * @param most if there is more already, it is discarded
     * @param progress gets the number of bytes that are there, and of all that come or are discarded
     */
    static PartFile open(Path path, Optional<Checksum> checksum, long most, GetProgress progress) {
        PartFile part;
        try {
            part = new PartFile(path, checksum, channel(path), progress);
        } catch (IOException e) {
            throw failed(path, e);
        }
        try {
            part.resume(most);
            return part;
        } catch (IOException e) {
            part.close();
            throw failed(path, e);
        }
    }

    private static FileChannel channel(Path path) throws IOException {
        return FileChannel.open(
                path,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
    }

    private void resume(long most) throws IOException {
        if (channel.size() > most) {
            channel.truncate(0);
        }
        length = channel.size();
        if (digest.isPresent()) {
            long hashed = update(digest.get(), channel);
            if (hashed != length) {
                throw new IOException("it changed while it was read");
            }
        }
        channel.position(length);
        progress.bytes(length);
    }

    /** The number of bytes that are there. */
    long length() {
        return length;
    }

    void write(byte[] bytes, int count) {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, count);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (IOException e) {
            throw failed(path, e);
        }
        digest.ifPresent(known -> known.update(bytes, 0, count));
        length += count;
        progress.bytes(count);
    }

    /** Discards all bytes. */
    void clear() {
        try {
            channel.truncate(0);
            channel.position(0);
        } catch (IOException e) {
            throw failed(path, e);
        }
        progress.bytes(-length);
        length = 0;
        digest = checksum.map(Checksum::newDigest);
    }

    /** The hash of all bytes in hex. Only once, and only if there is a checksum: the next bytes begin a new hash. */
    String hash() {
        return HexFormat.of().formatHex(digest.orElseThrow().digest());
    }

    /** Ends the file: all is on the disk, with the time of the original. */
    void finish(Optional<Instant> modified) {
        try {
            // A file that has its name must be whole, also after the power went.
            channel.force(true);
            if (modified.isPresent()) {
                Files.setLastModifiedTime(path, FileTime.from(modified.get()));
            }
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    /**
     * Whether a file has this hash.
     *
     * @throws IOException if it cannot be read
     */
    static boolean isRight(Path path, Checksum checksum) throws IOException {
        MessageDigest digest = checksum.newDigest();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            long unused = update(digest, channel);
        }
        return HexFormat.of().formatHex(digest.digest()).equals(checksum.value());
    }

    private static long update(MessageDigest digest, FileChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        long all = 0;
        for (int count = channel.read(buffer); count >= 0; count = channel.read(buffer)) {
            digest.update(buffer.flip());
            buffer.clear();
            all += count;
        }
        return all;
    }

    private static FailedException failed(Path path, IOException e) {
        return new FailedException(
                "cannot write " + path + ": " + FailureText.withoutName(e) + "; the same command goes on where it was",
                e);
    }
}
