package dev.cartd.volume;

import dev.cartd.system.Timeline;
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
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Operations on the file system; none but {@link #sync} follows a symlink at the end of its path. */
final class Disk {
    /** The threads of {@link #LOOKS} and of those that sync. */
    static final int AT_ONCE = 8;

    /** The number of paths from which on several threads sync them. */
    private static final int MANY = 32;

    /** Shared by all volumes of this process; idle threads end. */
    private static final ThreadPoolExecutor SYNCS = threads("cartd-sync");

    /** The threads that look for files, apart from those that sync, so that a look does not wait for syncs. Shared. */
    static final ThreadPoolExecutor LOOKS = threads("cartd-look");

    private Disk() {}

    static int utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /**
     * Whether this is a regular file of that size.
     *
     * @throws IOException if its attributes cannot be read
     */
    static boolean isRegular(Path path, long size) throws IOException {
        try {
            BasicFileAttributes found = attributes(path);
            return found.isRegularFile() && found.size() == size;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /**
     * The attributes of a regular file; empty if there is no such file, or if one of its parents below {@code root} is
     * not a directory.
     */
    static Optional<OnDisk> attributes(Path root, Path path) throws IOException {
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

    /** Creates a file and opens it for reading and writing; fails if the name exists, even as a symlink. */
    static FileChannel create(Path path) throws IOException {
        return FileChannel.open(
                path,
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Whether this is a regular file with exactly one hard link, so that writes to it change no other file of a cart.
     * A system that does not count hard links counts as one.
     */
    static boolean isAlone(Path path) throws IOException {
        try {
            return attributes(path).isRegularFile() && linkCount(path) == 1;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static int linkCount(Path path) throws IOException {
        try {
            return Files.getAttribute(path, "unix:nlink", LinkOption.NOFOLLOW_LINKS) instanceof Integer count
                    ? count
                    : 1;
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return 1;
        }
    }

    /**
     * Opens a file for reading and writing, if {@link #isAlone} holds for it. It checks that first, since to open a
     * pipe could block.
     *
     * @throws FileSystemException if {@link #isAlone} does not hold
     */
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
            throw new FileSystemException(
                    path.toString(), null, "it is not a regular file with a single hard link: move it away");
        }
    }

    /** Sets the modification time of a file. */
    static void setModified(Path path, Instant time) throws IOException {
        Files.getFileAttributeView(path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .setTimes(FileTime.from(time), null, null);
    }

    /**
     * Opens a regular file for reading. It checks the type first, since to open a pipe could block.
     *
     * @throws NoSuchFileException if there is no file, or it is not a regular one
     */
    static FileChannel read(Path path) throws IOException {
        if (!attributes(path).isRegularFile()) {
            throw new NoSuchFileException(path.toString(), null, "it is not a regular file");
        }
        return FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    }

    /** Whether none of the parents of this path below {@code root} is a symlink; the path itself may be one. */
    static boolean isStraight(Path root, Path path) {
        for (Path at = path.getParent(); at != null && !at.equals(root); at = at.getParent()) {
            if (Files.isSymbolicLink(at)) {
                return false;
            }
        }
        return true;
    }

    /** Fails if a parent of this path is a symlink, so that nothing is created outside the volume. */
    static void requireStraight(Path root, Path path) throws IOException {
        if (!isStraight(root, path)) {
            throw new FileSystemException(path.toString(), null, "a symlink is on the way to it: remove it");
        }
    }

    /** Waits until the bytes of a file, or the names in a directory, are durable. */
    static void sync(Path path) throws IOException {
        if (isWindows() && Files.isDirectory(path)) {
            return; // Windows cannot open directories; NTFS journals names.
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Syncs all paths, and many of them on several threads, since each thread only waits for the medium. */
    static void syncAll(List<Path> paths) throws IOException {
        AtomicInteger next = new AtomicInteger();
        together(SYNCS, paths.size() < MANY ? 1 : AT_ONCE, () -> {
            for (int i = next.getAndIncrement(); i < paths.size(); i = next.getAndIncrement()) {
                sync(paths.get(i));
            }
            return null;
        });
    }

    /**
     * Runs the work {@code times} times at once, on this thread and on others, and waits until all runs have ended. A
     * run that no other thread has begun when this thread is done is left out.
     */
    static void together(ThreadPoolExecutor others, int times, Callable<Void> work) throws IOException {
        List<FutureTask<Void>> further =
                Stream.generate(() -> new FutureTask<>(work)).limit(times - 1).toList();
        further.forEach(others::execute);
        try {
            work.call();
            for (FutureTask<Void> one : further) {
                if (!others.remove(one)) {
                    one.get();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while threads were waiting for the disk");
        } catch (ExecutionException e) {
            throw asThrown(e.getCause());
        } catch (Exception e) {
            throw asThrown(e);
        } finally {
            further.forEach(one -> one.cancel(true));
        }
    }

    private static IOException asThrown(@Nullable Throwable failure) {
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        return failure instanceof IOException e ? e : new IOException(failure);
    }

    private static ThreadPoolExecutor threads(String name) {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                AT_ONCE, AT_ONCE, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Timeline.daemons(name, false));
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /** Removes a file or a directory with its contents; does nothing if there is none. */
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

    /** The sizes of all regular files below a directory in bytes; empty if there is no directory. */
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

    /** When an entry of the directory was last created or removed; {@code unknown} if that cannot be read. */
    static Instant changed(Path directory, Instant unknown) {
        try {
            return Files.getLastModifiedTime(directory, LinkOption.NOFOLLOW_LINKS)
                    .toInstant();
        } catch (IOException e) {
            return unknown;
        }
    }

    /** Whether this is Windows, where directories cannot be synced and device names are reserved. */
    static boolean isWindows() {
        return java.io.File.separatorChar == '\\';
    }
}
