package dev.cartd.volume;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The directory of symlinks, {@code cartuids/<uid>}, each relative and to the cart that clients see. */
final class UidLinks {
    private static final System.Logger LOG = System.getLogger(Volume.class.getName());

    /** Where links of cartd point to. */
    private static final Pattern OURS = Pattern.compile("\\.\\./[0-9]{1,18}/[^/]+");

    private final Path directory;
    private final AtomicBoolean refused = new AtomicBoolean();

    /** The links in this directory, which is made if it is not there. */
    UidLinks(Path directory) throws IOException {
        if (Files.isSymbolicLink(directory)) {
            throw new FileSystemException(directory.toString(), null, "it is a symlink: remove that");
        }
        this.directory = Files.createDirectories(directory);
    }

    /** A volume that is not mounted looks like one whose carts are all gone: nobody may take it for that. */
    void requireThere() throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw new NoSuchFileException(directory + " is gone: is the volume mounted?");
        }
    }

    /** Removes the link of this uid. */
    void remove(String uid) throws IOException {
        Path link = directory.resolve(uid);
        if (Files.isSymbolicLink(link)) {
            Files.delete(link);
        }
    }

    /** Has the link of this uid point there, in one moment; where links cannot be made that is said once. */
    void point(String uid, long cart, Path place) throws IOException {
        Path link = directory.resolve(uid);
        Path target = directory.relativize(place);
        if (Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(target)) {
            return;
        }
        Optional<Path> part = make(cart, target);
        if (part.isEmpty()) {
            return;
        }
        if (Files.exists(link, LinkOption.NOFOLLOW_LINKS) && !Files.isSymbolicLink(link)) {
            throw new FileAlreadyExistsException(link + " is not a symlink of cartd: move it away");
        }
        Files.move(part.get(), link, StandardCopyOption.ATOMIC_MOVE);
        Disk.sync(directory);
    }

    private Optional<Path> make(long cart, Path target) throws IOException {
        removeUnfinished(cart);
        try {
            return Optional.of(Files.createSymbolicLink(unfinished(cart), target));
        } catch (UnsupportedOperationException | IOException e) {
            if (e instanceof IOException failure && !Disk.isWindows()) {
                throw failure;
            }
            if (!refused.getAndSet(true)) {
                LOG.log(System.Logger.Level.WARNING, "no symlinks in {0}: {1}", directory, e.toString());
            }
            return Optional.empty();
        }
    }

    /** Removes what is left of a link to this cart that was never finished. */
    void removeUnfinished(long cart) throws IOException {
        Files.deleteIfExists(unfinished(cart));
    }

    /** No uid begins with a dot, so this name is free; it is short, whatever the uid is. */
    private Path unfinished(long cart) {
        return directory.resolve("." + cart);
    }

    /** The uids whose links point to carts that are not there. Links that point elsewhere are somebody else's. */
    List<String> dangling() throws IOException {
        try (Stream<Path> links = Files.list(directory)) {
            return links.filter(UidLinks::dangles)
                    .map(link -> link.getFileName().toString())
                    .toList();
        }
    }

    private static boolean dangles(Path link) {
        try {
            return Files.isSymbolicLink(link)
                    && OURS.matcher(Files.readSymbolicLink(link).toString()).matches()
                    && Files.notExists(link);
        } catch (IOException e) {
            return false;
        }
    }
}
