package dev.cartd.store.sql;

import dev.cartd.system.FileOwner;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows the processes of one machine which of them are alive. Each process locks one random byte of a common file,
 * which stays empty, and the position of the byte is part of the process's name. If another process can lock that byte,
 * the first one has ended: the operating system releases the lock at once, however the process ended. A process that is
 * only paused keeps its lock. Safe for use by many threads.
 *
 * <p>On some systems a process loses all its locks on a file when it closes one of several channels to it. If one
 * process has several {@code NodeLock}s on a file, the others may then be taken for dead; the epochs of carts make that
 * harmless.
 */
public final class NodeLock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeLock.class);
    private static final String PREFIX = "cartd-";
    private static final Pattern NAME = Pattern.compile(PREFIX + "([0-9]{1,18})");
    private static final long BYTES = 1_000_000_000_000_000_000L;

    private final FileChannel channel;
    private final long own;

    private NodeLock(FileChannel channel, long own) {
        this.channel = channel;
        this.own = own;
    }

    /**
     * Locks a random byte of the file; creates the file if it does not exist.
     *
     * @throws IOException if the file cannot be opened or locked
     */
    public static NodeLock take(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            FileOwner.giveToOwner(file);
            long own = ThreadLocalRandom.current().nextLong(BYTES);
            if (channel.tryLock(own, 1, false) == null) {
                throw new IOException("the lock on " + file + " is taken");
            }
            return new NodeLock(channel, own);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Like {@link #take}; if locks do not work, logs a warning and returns empty. */
    public static Optional<NodeLock> attempt(Path file) {
        try {
            return Optional.of(take(file));
        } catch (IOException e) {
            LOG.warn("after a crash carts go on late, since {} cannot be locked: {}", file, e.toString());
            return Optional.empty();
        }
    }

    /** The name of this process, for {@link #isDead}. */
    public String name() {
        return PREFIX + own;
    }

    /** Whether the process of this name has certainly ended; false if that is not known. */
    public boolean isDead(String name) {
        Matcher matcher = NAME.matcher(name);
        return matcher.matches() && isFree(Long.parseLong(matcher.group(1)));
    }

    private boolean isFree(long position) {
        try (FileLock lock = channel.tryLock(position, 1, false)) {
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // This process holds the lock.
        } catch (IOException e) {
            LOG.warn(
                    "the lock of a process cannot be tested, its heartbeats decide whether it is alive: {}",
                    e.toString());
            return false;
        }
    }

    /** Releases the lock; from then on other processes take this one for dead. Never throws. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.warn("the file of the node locks cannot be closed: {}", e.toString());
        }
    }
}
