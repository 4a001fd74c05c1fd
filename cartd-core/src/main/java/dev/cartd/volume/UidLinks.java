package dev.cartd.volume;

import dev.cartd.cart.FailureText;
import java.io.IOException;
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

    private static final String TAR = ".tar";

    private final Path directory;
    private final DirectorySync syncs;
    private final AtomicBoolean refused = new AtomicBoolean();

    /** The links in this directory, which is made when the first link is. */
    UidLinks(Path directory, DirectorySync syncs) {
        this.directory = directory;
        this.syncs = syncs;
    }

    /** Nobody is led out of the volume, whatever lies in the place of the directory. */
    void requireStraight() throws IOException {
        if (Files.isSymbolicLink(directory)) {
            throw new FileSystemException(directory.toString(), null, "it is a symlink: remove that");
        }
    }

    /** Removes the link of this uid; one of somebody else's stays. */
    void remove(String uid) throws IOException {
        Path link = directory.resolve(uid);
        if (Files.isSymbolicLink(link) && isOf(uid, Files.readSymbolicLink(link))) {
            Files.delete(link);
        }
    }

    /**
     * Has the link of this uid point there, in one moment; where links cannot be made that is said once. What cartd did
     * not make, and another uid's link, is not touched.
     *
     * @return what has the name of the link, in words for people; empty if nothing else does
     */
    Optional<String> point(String uid, long cart, Path place) throws IOException {
        Path link = directory.resolve(uid);
        Path target = directory.relativize(place);
        if (Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(target)) {
            return Optional.empty();
        }
        Optional<String> obstacle = obstacle(uid, link);
        if (obstacle.isEmpty() && make(cart, target)) {
            Files.move(unfinished(cart), link, StandardCopyOption.ATOMIC_MOVE);
            syncs.sync(directory);
        }
        return obstacle;
    }

    private static Optional<String> obstacle(String uid, Path link) throws IOException {
        if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        if (!Files.isSymbolicLink(link)) {
            return Optional.of(link + " is not a symlink of cartd: move it away");
        }
        Path theirs = Files.readSymbolicLink(link);
        if (isOf(uid, theirs) || (isOurs(theirs) && Files.notExists(link))) {
            return Optional.empty();
        }
        return Optional.of(
                isOurs(theirs)
                        ? link + " is the symlink of another cart, " + theirs
                                + ": their uids are one name on this volume"
                        : link + " is not a symlink of cartd, it points to " + theirs + ": move it away");
    }

    /** Makes the link under a name that nobody looks at; not where the file system has no links, which is said once. */
    private boolean make(long cart, Path target) throws IOException {
        Files.createDirectories(directory);
        removeUnfinished(cart);
        try {
            Files.createSymbolicLink(unfinished(cart), target);
            return true;
        } catch (UnsupportedOperationException | IOException e) {
            // Where a file can be made, it is not the volume that failed.
            Files.createFile(unfinished(cart));
            removeUnfinished(cart);
            if (!refused.getAndSet(true)) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "this volume has no symlinks, so nobody finds carts in {0}; cartd itself does not need them: {1}",
                        directory,
                        FailureText.of(e));
            }
            return false;
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
            return links.flatMap(UidLinks::danglingUids).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /** By what the link points to: some file systems change the case of names. A tar's name may be a uid, too. */
    private static Stream<String> danglingUids(Path link) {
        try {
            if (!Files.isSymbolicLink(link) || !isOurs(Files.readSymbolicLink(link)) || !Files.notExists(link)) {
                return Stream.empty();
            }
            String name = Files.readSymbolicLink(link).getFileName().toString();
            return name.endsWith(TAR)
                    ? Stream.of(name, name.substring(0, name.length() - TAR.length()))
                    : Stream.of(name);
        } catch (IOException e) {
            return Stream.empty();
        }
    }

    private static boolean isOurs(Path target) {
        return OURS.matcher(target.toString().replace('\\', '/')).matches();
    }

    /** Whether a link to there is the link of this uid. */
    private static boolean isOf(String uid, Path target) {
        String name = isOurs(target) ? target.getFileName().toString() : "";
        return name.equals(uid) || name.equals(uid + TAR);
    }
}
