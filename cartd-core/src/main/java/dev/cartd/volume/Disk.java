package dev.cartd.volume;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What the file system is asked for, without ever following a symlink. */
final class Disk {
    /** What nearly every file system allots at a time; a larger one only makes the estimate lower. */
    static final long BLOCK = 4096;

    private static final int SYNCS_AT_ONCE = 8;

    private Disk() {}

    static int utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** Whether this is a regular file of that size; fails where the file system cannot tell. */
    static boolean isRegular(Path path, long size) throws IOException {
        try {
            BasicFileAttributes found =
                    Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return found.isRegularFile() && found.size() == size;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Waits until the file's bytes, or the directory's names, are on the medium. */
    static void sync(Path path) throws IOException {
        if (isWindows() && Files.isDirectory(path)) {
            return; // A directory cannot be opened there; NTFS journals its names.
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Syncs a directory and all below it: the files many at once, since each wait is the medium's, then the names. */
    static void syncTree(Path top) throws IOException {
        List<Path> files = new ArrayList<>();
        List<Path> directories = new ArrayList<>();
        Files.walkFileTree(top, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes found) {
                if (found.isRegularFile()) {
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                if (e != null) {
                    throw e;
                }
                directories.add(directory);
                return FileVisitResult.CONTINUE;
            }
        });
        syncAll(files);
        syncAll(directories);
    }

    private static void syncAll(List<Path> paths) throws IOException {
        AtomicInteger next = new AtomicInteger();
        Callable<Void> work = () -> {
            for (int i = next.getAndIncrement(); i < paths.size(); i = next.getAndIncrement()) {
                sync(paths.get(i));
            }
            return null;
        };
        ExecutorService threads = Executors.newFixedThreadPool(SYNCS_AT_ONCE);
        try {
            for (Future<Void> done : threads.invokeAll(Collections.nCopies(SYNCS_AT_ONCE, work))) {
                done.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while files were being made durable");
        } finally {
            threads.shutdownNow();
        }
    }

    /** Removes a directory and all below it; one that is not there is removed already. */
    static void removeTree(Path top) throws IOException {
        if (!Files.exists(top, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(top, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes found) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                if (e != null) {
                    throw e;
                }
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static boolean isWindows() {
        return java.io.File.separatorChar == '\\';
    }
}
