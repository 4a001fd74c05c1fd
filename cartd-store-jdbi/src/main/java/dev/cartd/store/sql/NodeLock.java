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
 * Proves to the processes of one machine which of them live. Each holds a lock of the operating system on a byte of one
 * file, which stays empty, and is called after that byte: who can take the lock knows that its process has ended,
 * however it did, and at once. A process that is only paused keeps its lock.
 *
 * <p>On some systems a process loses all its locks on a file when it closes one of several channels to it. Where one
 * process has several of these, the others may then be taken for dead; the epochs of carts make that harmless.
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

    /** Takes a byte that was nobody's before; the file is made if it is not there. */
    public static NodeLock take(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            FileOwner.inherit(file);
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

    /** Like {@link #take}; empty, with a line in the log, where such locks do not work. */
    public static Optional<NodeLock> attempt(Path file) {
        try {
            return Optional.of(take(file));
        } catch (IOException e) {
            LOG.warn("after a crash carts go on late, since {} cannot be locked: {}", file, e.toString());
            return Optional.empty();
        }
    }

    /** What this process is called. */
    public String name() {
        return PREFIX + own;
    }

    /** Whether the process of this name has ended for sure. */
    public boolean isDead(String name) {
        Matcher matcher = NAME.matcher(name);
        return matcher.matches() && isFree(Long.parseLong(matcher.group(1)));
    }

    private boolean isFree(long position) {
        try (FileLock lock = channel.tryLock(position, 1, false)) {
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // It is in this very process.
        } catch (IOException e) {
            LOG.warn("whether a process died is not known, its heartbeats are waited for: {}", e.toString());
            return false;
        }
    }

    /** Gives the lock back. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.warn("on the way out: {}", e.toString());
        }
    }
}
