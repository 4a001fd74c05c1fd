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

/** The symlinks {@code cartuids/<uid>}: each is relative and points to the newest ready cart of its uid. */
final class UidLinks {
    private static final System.Logger LOG = System.getLogger(UidLinks.class.getName());

    /** The name of their directory on the volume. */
    static final String DIRECTORY = "cartuids";

    /** The targets of symlinks that cartd made. */
    private static final Pattern CART_TARGET = Pattern.compile("\\.\\./[0-9]{1,18}/[^/]+");

    private static final String TAR = ".tar";

    private final Path directory;
    private final DirectorySync syncs;
    private final AtomicBoolean refused = new AtomicBoolean();

    /** The links in this directory, which is created together with the first link. */
    UidLinks(Path directory, DirectorySync syncs) {
        this.directory = directory;
        this.syncs = syncs;
    }

    /** Fails if the directory of links is itself a symlink, which could lead out of the volume. */
    void requireStraight() throws IOException {
        if (Files.isSymbolicLink(directory)) {
            throw new FileSystemException(directory.toString(), null, "it is a symlink: remove it");
        }
    }

    /** Removes the link of this uid, if cartd made it. */
    void remove(String uid) throws IOException {
        Path link = directory.resolve(uid);
        if (Files.isSymbolicLink(link) && isLinkOf(uid, Files.readSymbolicLink(link))) {
            Files.delete(link);
        }
    }

    /**
     * Points the link of this uid to {@code place}, atomically. If the file system has no symlinks, this logs that once
     * and succeeds. It touches neither what cartd did not make nor the link of another uid.
     *
     * @return what else occupies the name of the link, in words for people; empty if nothing does
     */
    Optional<String> point(String uid, long cart, Path place) throws IOException {
        Path link = directory.resolve(uid);
        Path target = directory.relativize(place);
        if (Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(target)) {
            return Optional.empty();
        }
        Optional<String> obstacle = obstacle(uid, link);
        if (obstacle.isEmpty() && make(cart, target)) {
            Files.move(unfinished(cart), link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
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
        if (isLinkOf(uid, theirs) || (isCartTarget(theirs) && Files.notExists(link))) {
            return Optional.empty();
        }
        return Optional.of(
                isCartTarget(theirs)
                        ? link + " is the symlink of another cart, " + theirs
                                + ": their uids are one name on this volume"
                        : link + " is not a symlink of cartd, it points to " + theirs + ": move it away");
    }

    /** Creates the link under a temporary name; false if the file system has no symlinks, which is logged once. */
    private boolean make(long cart, Path target) throws IOException {
        Files.createDirectories(directory);
        removeUnfinished(cart);
        try {
            Files.createSymbolicLink(unfinished(cart), target);
            return true;
        } catch (UnsupportedOperationException | IOException e) {
            // If a file can be created, the volume works and only lacks symlinks; otherwise this throws.
            Files.createFile(unfinished(cart));
            removeUnfinished(cart);
            if (!refused.getAndSet(true)) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "this volume has no symlinks, so nobody finds carts in {0}; cartd itself does not need them:"
                                + " {1}",
                        directory,
                        FailureText.of(e));
            }
            return false;
        }
    }

    /** Removes the temporary link to this cart that a crash may have left. */
    void removeUnfinished(long cart) throws IOException {
        Files.deleteIfExists(unfinished(cart));
    }

    /** The temporary name of a link. No uid begins with a dot, so it is free; it is short, however long the uid is. */
    private Path unfinished(long cart) {
        return directory.resolve("." + cart);
    }

    /** The uids whose links point to carts that do not exist. Leaves out links that cartd did not make. */
    List<String> dangling() throws IOException {
        try (Stream<Path> links = Files.list(directory)) {
            return links.flatMap(UidLinks::danglingUids).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /**
     * Takes the uid from the target of the link, because some file systems change the case of names. A target that ends
     * in {@code .tar} gives two uids, since a uid may end so too.
     */
    private static Stream<String> danglingUids(Path link) {
        try {
            if (!Files.isSymbolicLink(link) || !isCartTarget(Files.readSymbolicLink(link)) || !Files.notExists(link)) {
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

    private static boolean isCartTarget(Path target) {
        return CART_TARGET.matcher(target.toString().replace('\\', '/')).matches();
    }

    /** Whether a link with this target is the link of this uid. */
    private static boolean isLinkOf(String uid, Path target) {
        String name = isCartTarget(target) ? target.getFileName().toString() : "";
        return name.equals(uid) || name.equals(uid + TAR);
    }
}
