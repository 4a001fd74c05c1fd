package dev.cartd.volume;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * An unfinished file, open and under an exclusive lock: whoever wrote it before and is only paused holds that lock, since
 * a fencing token in a database cannot stop an open descriptor.
 */
public final class Part implements Closeable {
    private final Path path;
    private final FileChannel channel;
    private final boolean inherited;

    private Part(Path path, FileChannel channel, boolean inherited) {
        this.path = path;
        this.channel = channel;
        this.inherited = inherited;
    }

    /** Its temporary name. */
    public Path path() {
        return path;
    }

    /** For reading and writing. */
    public FileChannel channel() {
        return channel;
    }

    /** Whether it was there before, so that its bytes may be those of an earlier attempt. */
    public boolean inherited() {
        return inherited;
    }

    /** Closes the file, which gives the lock back; its name stays. */
    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** The same open file under another name. */
    Part rename(Path name) throws IOException {
        Files.move(path, name, StandardCopyOption.ATOMIC_MOVE);
        return new Part(name, channel, inherited);
    }

    static Part create(Path path, boolean inherited) throws IOException {
        return lock(
                path,
                FileChannel.open(
                        path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                inherited);
    }

    /** Opens one that is there; fails with {@link OverlappingFileLockException} if somebody else still holds it. */
    static Part take(Path path) throws IOException {
        return lock(path, FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE), true);
    }

    private static Part lock(Path path, FileChannel channel, boolean inherited) throws IOException {
        try {
            if (channel.tryLock() == null) {
                throw new OverlappingFileLockException();
            }
            return new Part(path, channel, inherited);
        } catch (IOException | OverlappingFileLockException e) {
            channel.close();
            throw e;
        }
    }
}
