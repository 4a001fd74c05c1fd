package dev.cartd.cli.get;

import dev.cartd.cart.BundlePath;
import dev.cartd.cart.FailureText;
import dev.cartd.cli.config.FailedException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.text.Normalizer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The directory that files come to. Unfinished files lie in {@code .cartd-get/}, in a directory for each job. What is
 * placed is always inside the directory, and replaces nothing: no link is followed below the directory, and where a
 * name is taken the file fails. One process at a time works on a job. Safe for use by many threads.
 */
final class TargetDirectory implements Closeable {
    static final String OWN = ".cartd-get";
    private static final String LOCK = "lock";
    private static final String PART = ".part";

    private final Path home;
    private final Path job;
    private final FileChannel lock;

    private TargetDirectory(Path home, Path job, FileChannel lock) {
        this.home = home;
        this.job = job;
        this.lock = lock;
    }

    /**
     * Opens a directory, and makes it if it is not there.
     *
     * @param job the name of the job, which others with the same name wait for
     * @throws FailedException if it cannot be had
     */
    static TargetDirectory open(Path directory, String job) {
        try {
            Files.createDirectories(directory);
            Path home = directory.toRealPath();
            Path own = home.resolve(OWN);
            makeDirectory(own);
            makeDirectory(own.resolve(job));
            return new TargetDirectory(home, own.resolve(job), lock(directory, own.resolve(job)));
        } catch (FileAlreadyExistsException e) {
            throw new FailedException(directory + ": " + e.getFile() + " is there, and is not a directory");
        } catch (FileFailed e) {
            throw new FailedException(directory + ": " + e.getMessage());
        } catch (IOException e) {
            throw new FailedException("cannot write to the directory " + directory, e);
        }
    }

    private static FileChannel lock(Path directory, Path job) throws IOException {
        FileChannel channel = FileChannel.open(
                job.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        try {
            @Nullable FileLock held = channel.tryLock();
            if (held != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // Another thread of this process has it.
        }
        channel.close();
        throw new FailedException("another cartd get is at work in " + directory);
    }

    /** The path of the unfinished file of this key. */
    Path part(String key) {
        return job.resolve(key + PART);
    }

    /** Whether something has the name of a file, or is in its way. Looks only; {@link #existing} judges. */
    boolean isTaken(BundlePath path) {
        try {
            return existing(path).isPresent();
        } catch (FileFailed e) {
            return true;
        }
    }

    /**
     * The file that is there already under this path; empty if there is none.
     *
     * @throws FileFailed if there can be none, or something else is there
     */
    Optional<Path> existing(BundlePath path) throws FileFailed {
        List<String> names = checked(path);
        Path at = home;
        for (int i = 0; i < names.size(); i++) {
            at = resolve(at, names.get(i));
            Optional<BasicFileAttributes> found = attributes(at);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            boolean isLast = i == names.size() - 1;
            if (isLast ? !found.get().isRegularFile() : !found.get().isDirectory()) {
                throw inTheWay(at);
            }
        }
        requireOwnName(at, names.get(names.size() - 1));
        return Optional.of(at);
    }

    /**
     * Gives an unfinished file its name. Files come one after the other here, so none replaces another.
     *
     * @throws FileFailed if the name is taken or cannot be
     */
    synchronized void place(Path part, BundlePath path) throws FileFailed {
        List<String> names = checked(path);
        Path at = home;
        try {
            for (String name : names.subList(0, names.size() - 1)) {
                at = resolve(at, name);
                makeDirectory(at);
            }
            at = resolve(at, names.get(names.size() - 1));
            if (attributes(at).isPresent()) {
                requireOwnName(at, names.get(names.size() - 1));
                throw inTheWay(at);
            }
            Files.move(part, at, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new FileFailed("cannot be written: " + FailureText.withoutName(e));
        }
    }

    /** Removes what is left of the job, once nothing of it is needed. */
    void tidy() {
        try {
            try (DirectoryStream<Path> left = Files.newDirectoryStream(job, "*" + PART)) {
                for (Path part : left) {
                    Files.deleteIfExists(part);
                }
            }
            Files.deleteIfExists(job.resolve(LOCK));
            Files.deleteIfExists(job);
            Files.deleteIfExists(home.resolve(OWN));
        } catch (IOException e) {
            // What is left is in nobody's way.
        }
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            // The lock ends with the process.
        }
    }

    /** The names of the path, if files can have them. */
    private static List<String> checked(BundlePath path) throws FileFailed {
        List<String> names = path.segments();
        if (names.get(0).equalsIgnoreCase(OWN)) {
            throw new FileFailed("its name is that of the directory in which cartd get keeps unfinished files");
        }
        return names;
    }

    private static Path resolve(Path directory, String name) throws FileFailed {
        Optional<String> problem =
                NativeNames.problem(name, directory.getFileSystem().getSeparator());
        if (problem.isPresent()) {
            throw new FileFailed("its name cannot be on this system: " + problem.get());
        }
        try {
            Path path = directory.resolve(name);
            if (!directory.equals(path.getParent())) {
                throw new FileFailed("its name cannot be on this system");
            }
            return path;
        } catch (InvalidPathException e) {
            throw new FileFailed("its name cannot be written with this character set: use a UTF-8 locale");
        }
    }

    private static Optional<BasicFileAttributes> attributes(Path path) throws FileFailed {
        try {
            return Optional.of(Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new FileFailed("cannot be looked for: " + FailureText.withoutName(e));
        }
    }

    private static void makeDirectory(Path path) throws IOException, FileFailed {
        try {
            Files.createDirectory(path);
        } catch (FileAlreadyExistsException e) {
            if (attributes(path).filter(BasicFileAttributes::isDirectory).isEmpty()) {
                throw inTheWay(path);
            }
        }
    }

    /** A file system may take two names for one. */
    private static void requireOwnName(Path path, String name) throws FileFailed {
        String real;
        try {
            real = String.valueOf(path.toRealPath().getFileName());
        } catch (IOException e) {
            throw new FileFailed("cannot be looked for: " + FailureText.withoutName(e));
        }
        if (!composed(real).equals(composed(name))) {
            throw new FileFailed("this file system takes its name and " + Shown.line(real)
                    + " for one, and that is there: use a directory on another file system");
        }
    }

    private static String composed(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFC);
    }

    private static FileFailed inTheWay(Path path) {
        String kind = Files.isSymbolicLink(path) ? "a link" : Files.isDirectory(path) ? "a directory" : "another file";
        return new FileFailed(kind + " is in its place, and stays: " + Shown.line(path.toString())
                + "; move it, or use another directory");
    }
}
