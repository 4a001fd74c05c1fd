package dev.cartd.volume;

import dev.cartd.cart.FailureText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Makes the names in directories of one volume durable. If the file system cannot sync directories, this logs that once
 * and does nothing from then on. Safe for use by many threads.
 */
final class DirectorySync {
    private static final System.Logger LOG = System.getLogger(DirectorySync.class.getName());

    private final Path trial;
    private final AtomicBoolean refused = new AtomicBoolean();
    private volatile boolean works;

    /**
     * @param trial the path of a file that is created and removed again to test whether files can be synced
     */
    DirectorySync(Path trial) {
        this.trial = trial;
    }

    /** Waits until the names in a directory are durable. */
    void sync(Path directory) throws IOException {
        syncAll(List.of(directory));
    }

    /** Waits until the names in all these directories are durable. */
    void syncAll(List<Path> directories) throws IOException {
        if (refused.get()) {
            return;
        }
        try {
            Disk.syncAll(directories);
            works = true;
        } catch (IOException e) {
            if (works || !directories.stream().allMatch(Files::isDirectory)) {
                throw e;
            }
            syncFile();
            syncAgain(directories);
        }
    }

    /** If directories still cannot be synced, though files can, this file system does not do it: a failure passes. */
    private void syncAgain(List<Path> directories) {
        try {
            Disk.syncAll(directories);
            works = true;
        } catch (IOException e) {
            if (!refused.getAndSet(true)) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "this volume cannot sync directories: after a power cut names may be gone, and their carts are"
                                + " then staged again: {0}",
                        FailureText.of(e));
            }
        }
    }

    /** If files cannot be synced either, the volume failed: then this throws. */
    private void syncFile() throws IOException {
        try {
            Files.write(trial, new byte[] {1});
            Disk.sync(trial);
        } finally {
            Files.deleteIfExists(trial);
        }
    }
}
