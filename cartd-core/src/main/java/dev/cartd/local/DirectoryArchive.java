package dev.cartd.local;

import dev.cartd.cart.FailureText;
import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * An archive that is a directory, usually a mounted one. An id is a path below it. Only regular files are served; a
 * link is followed if its target is inside the archive. No file is ever on tape.
 *
 * <p>A directory that does not exist or is empty is taken for one that is not mounted: its files are {@linkplain
 * ArchiveException.Unreachable unreachable}, not missing. Calls take as long as the file system does: if it hangs (a
 * hard mount whose server is away), the calls hang too. {@code MountedArchive} of cartd-archive-client gives each call
 * a deadline.
 *
 * <p>Safe for use by many threads.
 */
public final class DirectoryArchive implements Archive {
    private final Path root;

    /** An archive in the directory {@code root}, which need not exist yet. */
    public DirectoryArchive(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    /** Only checks that the file can be served, like {@link #status}. */
    @Override
    public void stage(String id) {
        status(id);
    }

    @Override
    public Found status(String id) {
        return with(id, (file, attributes) -> {
            long mtime = Found.nearestMtime(attributes.lastModifiedTime().toInstant());
            return new Found(attributes.size(), mtime, Medium.DISK);
        });
    }

    /** A file that changes while it is read may give bytes of both its versions. */
    @Override
    public InputStream pull(String id, long from, long size) {
        Objects.checkFromToIndex(from, size, size);
        return with(id, (file, attributes) -> open(file, from));
    }

    /** Does nothing: only the streams of {@link #pull} are open, and their readers close them. */
    @Override
    public void close() {}

    @Override
    public void check() {
        Path here = mounted();
        if (isEmpty(here)) {
            throw empty();
        }
    }

    private static InputStream open(Path file, long from) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        try {
            return Channels.newInputStream(channel.position(from));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    @FunctionalInterface
    private interface Use<T> {
        T apply(Path file, BasicFileAttributes attributes) throws IOException;
    }

    private <T> T with(String id, Use<T> use) {
        Path here = mounted();
        try {
            Path file = here.resolve(below(id)).toRealPath();
            if (!file.startsWith(here)) {
                throw new ArchiveException.Refused("it is a link that leads out of the archive");
            }
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                throw new ArchiveException.Refused("it is not a regular file");
            }
            return use.apply(file, attributes);
        } catch (NoSuchFileException e) {
            throw missing();
        } catch (IOException e) {
            throw new ArchiveException.Refused("it cannot be read: " + FailureText.withoutName(e));
        }
    }

    private Path mounted() {
        try {
            Path here = root.toRealPath();
            if (!Files.isDirectory(here)) {
                throw new ArchiveException.Unreachable(root + " is not a directory");
            }
            return here;
        } catch (NoSuchFileException e) {
            throw new ArchiveException.Unreachable(
                    root + " is not there: mount it, or correct the URL of the archive", e);
        } catch (IOException e) {
            throw new ArchiveException.Unreachable(root + " cannot be reached: " + FailureText.withoutName(e), e);
        }
    }

    /** If the whole archive is empty, the mount is missing and not the file. */
    private ArchiveException missing() {
        return isEmpty(root) ? empty() : new ArchiveException.Missing();
    }

    /** A directory that this user may not list counts as not empty: its files may still be readable. */
    private boolean isEmpty(Path directory) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            return !entries.iterator().hasNext();
        } catch (AccessDeniedException e) {
            return false;
        } catch (DirectoryIteratorException e) {
            throw unlistable(Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw unlistable(e);
        }
    }

    private ArchiveException empty() {
        return new ArchiveException.Unreachable(root + " is empty: is the archive mounted?");
    }

    private ArchiveException unlistable(IOException e) {
        return new ArchiveException.Unreachable(root + " cannot be listed: " + FailureText.withoutName(e), e);
    }

    private Path below(String id) {
        if (Stream.of(id.split("/", -1)).anyMatch(List.of("", ".", "..")::contains)) {
            throw new ArchiveException.Refused("its id has an empty, . or .. segment");
        }
        try {
            return root.getFileSystem().getPath(id);
        } catch (InvalidPathException e) {
            throw new ArchiveException.Refused("its id is not a path here: " + e.getReason());
        }
    }
}
