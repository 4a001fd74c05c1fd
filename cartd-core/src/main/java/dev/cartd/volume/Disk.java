package dev.cartd.volume;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the file system is asked for, without ever following a symlink. */
final class Disk {
    /** What nearly every file system allots at a time; a larger one only makes the estimate lower. */
    static final long BLOCK = 4096;

    private static final int SYNCS_AT_ONCE = 8;
    private static final int MANY = 32;

    /** For the volumes of this process together; idle threads end. */
    private static final ExecutorService SYNCS = syncs();

    private Disk() {}

    static int utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** Whether this is a regular file of that size; fails where the file system cannot tell. */
    static boolean isRegular(Path path, long size) throws IOException {
        try {
            BasicFileAttributes found = attributes(path);
            return found.isRegularFile() && found.size() == size;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** The regular file that is there; none where the way to it from {@code root} is not one of directories only. */
    static Optional<OnDisk> look(Path root, Path path) throws IOException {
        try {
            Path at = root;
            for (Path name : root.relativize(path.getParent())) {
                at = at.resolve(name);
                if (!attributes(at).isDirectory()) {
                    return Optional.empty();
                }
            }
            BasicFileAttributes found = attributes(path);
            Instant modified = found.lastModifiedTime().toInstant();
            return found.isRegularFile() ? Optional.of(new OnDisk(found.size(), modified)) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    /** Makes a file that nobody had before, open for reading and writing; what has its name fails it, a symlink too. */
    static FileChannel create(Path path) throws IOException {
        return FileChannel.open(
                path,
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Whether this is a regular file that has no other name: what is written to it is written to nothing else. Where
     * the system does not tell how many names a file has, it has one.
     */
    static boolean isAlone(Path path) throws IOException {
        try {
            return attributes(path).isRegularFile() && names(path) == 1;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static int names(Path path) throws IOException {
        try {
            return Files.getAttribute(path, "unix:nlink", LinkOption.NOFOLLOW_LINKS) instanceof Integer count
                    ? count
                    : 1;
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return 1;
        }
    }

    /** Opens a file that {@link #isAlone} for reading and writing, and fails for any other; waits for no one. */
    static FileChannel openAlone(Path path) throws IOException {
        Object before = attributes(path).fileKey();
        requireAlone(path, before);
        FileChannel channel =
                FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        try {
            requireAlone(path, before);
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static void requireAlone(Path path, @Nullable Object key) throws IOException {
        if (!isAlone(path) || !Objects.equals(attributes(path).fileKey(), key)) {
            throw new FileSystemException(path.toString(), null, "it is not a regular file of one name, move it away");
        }
    }

    /** Sets when a regular file was last modified; a symlink is not followed. */
    static void setModified(Path path, Instant time) throws IOException {
        Files.getFileAttributeView(path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .setTimes(FileTime.from(time), null, null);
    }

    /** Opens a regular file for reading; anything else is as if it were not there, and is not waited for. */
    static FileChannel read(Path path) throws IOException {
        if (!attributes(path).isRegularFile()) {
            throw new NoSuchFileException(path.toString(), null, "it is not a regular file");
        }
        return FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    }

    /** Whether no symlink is on the way from {@code root} to this path; what it is itself does not matter. */
    static boolean isStraight(Path root, Path path) {
        for (Path at = path.getParent(); at != null && !at.equals(root); at = at.getParent()) {
            if (Files.isSymbolicLink(at)) {
                return false;
            }
        }
        return true;
    }

    /** Nobody who makes something at this path is led elsewhere. */
    static void requireStraight(Path root, Path path) throws IOException {
        if (!isStraight(root, path)) {
            throw new FileSystemException(path.toString(), null, "a symlink is on the way to it, remove that");
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

    /** Shows a directory and all directories below it. */
    static void eachDirectory(Path top, Consumer<Path> each) throws IOException {
        Files.walkFileTree(top, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                if (e != null) {
                    throw e;
                }
                each.accept(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Syncs a few one after the other, many at once, since each wait is the medium's. */
    static void syncAll(List<Path> paths) throws IOException {
        AtomicInteger next = new AtomicInteger();
        Callable<Void> work = () -> {
            for (int i = next.getAndIncrement(); i < paths.size(); i = next.getAndIncrement()) {
                sync(paths.get(i));
            }
            return null;
        };
        try {
            if (paths.size() < MANY) {
                work.call();
                return;
            }
            for (Future<Void> done : SYNCS.invokeAll(Collections.nCopies(SYNCS_AT_ONCE, work))) {
                done.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while files were being made durable");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        } catch (Exception e) {
            throw e instanceof IOException cause ? cause : new IOException(e);
        }
    }

    private static ExecutorService syncs() {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                SYNCS_AT_ONCE, SYNCS_AT_ONCE, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Disk::daemon);
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "cartd-sync");
        thread.setDaemon(true);
        return thread;
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

    /** The sizes of all regular files below a directory; none where it is not there. */
    static List<Long> sizes(Path top) throws IOException {
        List<Long> sizes = new ArrayList<>();
        if (Files.exists(top, LinkOption.NOFOLLOW_LINKS)) {
            Files.walkFileTree(top, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes found) {
                    if (found.isRegularFile()) {
                        sizes.add(found.size());
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        }
        return sizes;
    }

    /** When a name in a directory was last made or removed; now where that cannot be told. */
    static Instant changed(Path directory) {
        try {
            return Files.getLastModifiedTime(directory, LinkOption.NOFOLLOW_LINKS)
                    .toInstant();
        } catch (IOException e) {
            return Instant.now();
        }
    }

    /** Whether this is a system where links need a right that few have, and directories cannot be synced. */
    static boolean isWindows() {
        return java.io.File.separatorChar == '\\';
    }
}
