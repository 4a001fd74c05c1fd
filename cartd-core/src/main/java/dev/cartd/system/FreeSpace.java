package dev.cartd.system;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The size of the file system at a path, and how much of it is free. Safe for use by many threads. */
public final class FreeSpace {
    private static final Duration LONGEST = Duration.ofSeconds(1);

    private final Path root;
    private final Duration longest;
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Timeline.daemons("cartd-free", false));

    /** Answers for what is mounted at the path when it is asked. Kept, since finding it reads all mounts. */
    private volatile @Nullable FileStore store;

    /** The last question if it was not answered in time. */
    private volatile @Nullable Future<Long> hanging;

    /** The file system that is mounted at this path at the time of each question. */
    public FreeSpace(Path root) {
        this(root, null, LONGEST);
    }

    FreeSpace(Path root, @Nullable FileStore store, Duration longest) {
        this.root = root;
        this.store = store;
        this.longest = longest;
        thread.allowCoreThreadTimeOut(true);
    }

    /**
     * The size in bytes.
     *
     * @throws IOException if it cannot be read
     */
    public long total() throws IOException {
        return store().getTotalSpace();
    }

    /**
     * The bytes that may still be written.
     *
     * @throws IOException if that cannot be read
     */
    public long usable() throws IOException {
        return store().getUsableSpace();
    }

    /**
     * Like {@link #usable}, for a caller that many others wait for.
     *
     * @throws IOException also if the file system does not answer within a second, or did not answer an earlier
     *     question yet
     */
    public long usableSoon() throws IOException {
        Future<Long> before = hanging;
        if (before != null && !before.isDone()) {
            throw new IOException("its file system does not answer");
        }
        Future<Long> asked = thread.submit(this::usable);
        try {
            return asked.get(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            hanging = asked;
            throw new IOException("its file system does not answer");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the file system was asked for its free space");
        }
    }

    private FileStore store() throws IOException {
        FileStore known = store;
        if (known == null) {
            known = Files.getFileStore(root);
            store = known;
        }
        return known;
    }
}
