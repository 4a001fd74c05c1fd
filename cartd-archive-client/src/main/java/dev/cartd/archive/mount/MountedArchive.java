package dev.cartd.archive.mount;

import dev.cartd.local.DirectoryArchive;
import dev.cartd.spi.Archive;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A {@link DirectoryArchive} whose calls end in time, also if the file system does not answer: the call then fails with
 * {@link dev.cartd.spi.ArchiveException.Unreachable}, and a read with an {@link java.io.IOException}. What the system
 * does not give back is one thread for each such call, {@code maxRequests} at most, until the file system answers
 * again; while there are as many, further calls wait for the timeout and fail. Safe for use by many threads.
 */
public final class MountedArchive implements Archive {
    private final Archive files;
    private final Calls calls;

    /**
     * The files below a directory.
     *
     * @param root the directory, which need not exist yet
     * @param timeout how long to wait for an answer of the file system, or for the next bytes of a file; positive
     * @param maxRequests how many calls and open streams there are at once; 1 or more
     */
    public MountedArchive(Path root, Duration timeout, int maxRequests) {
        this(new DirectoryArchive(root), root.toString(), timeout, maxRequests);
    }

    MountedArchive(Archive files, String name, Duration timeout, int maxRequests) {
        this.files = files;
        this.calls = new Calls(name, timeout, maxRequests);
    }

    @Override
    public void stage(String id) {
        status(id);
    }

    @Override
    public Found status(String id) {
        return calls.answer(() -> files.status(id), late -> {});
    }

    @Override
    public InputStream pull(String id, long from, long size) {
        InputStream file = calls.answer(() -> files.pull(id, from, size), Calls::close);
        return new MountedStream(calls, file, size - from);
    }

    @Override
    public void check() {
        calls.answer(
                () -> {
                    files.check();
                    return true;
                },
                late -> {});
    }

    @Override
    public void close() {
        calls.end();
    }
}
