package dev.cartd.volume;

import dev.cartd.cart.BundlePath;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * The tree of a streamed cart on the volume. Immutable, and safe for use by many threads. Methods that take a file
 * throw {@link IllegalArgumentException} if it has no {@link CartFile#bundlePath}.
 */
public final class CartTree extends CartFiles {
    private static final System.Logger LOG = System.getLogger(Volume.class.getName());

    CartTree(Volume volume, Cart cart) {
        super(volume, cart);
    }

    @Override
    public Path path() {
        return entry(cart.uid());
    }

    /** The path of a file, whether it exists or not. */
    public Path path(CartFile file) {
        return FileNames.resolve(path(), inside(file).value());
    }

    private static BundlePath inside(CartFile file) {
        return file.bundlePath().orElseThrow(() -> new IllegalArgumentException("no path: " + file.path()));
    }

    @Override
    boolean isOfRightKind() {
        return Files.isDirectory(path(), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Opens a file for reading.
     *
     * @throws NoSuchFileException if there is no regular file at its path, or a parent is a symlink
     */
    public FileChannel open(CartFile file) throws IOException {
        Path path = path(file);
        if (!Disk.isStraight(volume.root(), path)) {
            throw new NoSuchFileException(path.toString(), null, "a symlink is on the way to it");
        }
        return Disk.read(path);
    }

    /**
     * The attributes of a file; empty if there is no regular file at its path.
     *
     * @throws VolumeAway if there is none because the volume is not there
     */
    public Optional<OnDisk> look(CartFile file) throws IOException {
        return look(path(file));
    }

    /**
     * Whether the tree has this file, as a regular file of its size.
     *
     * @throws VolumeAway if it has not because the volume is not there
     */
    public boolean has(CartFile file) throws IOException {
        return has(path(file), file.size());
    }

    /**
     * Moves a verified file to its path, and sets its modification time. Never replaces anything.
     *
     * @throws FileAlreadyExistsException if something is at the path
     * @throws Overtaken if a later step has begun
     * @throws IOException if the file system refuses the name, or fails
     */
    public void place(CartFile file, Path part) throws IOException {
        Path target = path(file);
        volume.requireStraight(target);
        try {
            setTime(part, file.mtime());
            try {
                volume.move(part, target);
            } catch (NoSuchFileException e) {
                createParents(target, part);
                volume.move(part, target);
            }
        } catch (NoSuchFileException e) {
            throw Parts.explained(e, part);
        }
    }

    /**
     * Creates the parents of the target, unless the part is gone: then a later step has begun or the cart is deleted.
     */
    private void createParents(Path target, Path part) throws IOException {
        if (Files.exists(part, LinkOption.NOFOLLOW_LINKS)) {
            volume.requireThere();
            Files.createDirectories(target.getParent());
        }
    }

    /** Ignores failures: only listings of the volume show this time. The times in a tar are those of the store. */
    private static void setTime(Path file, long mtime) {
        try {
            Disk.setModified(file, Instant.ofEpochSecond(mtime));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the modification time of {0} cannot be set: {1}", file, e);
        }
    }

    /**
     * Whether the file system takes the paths of these two files for the same one.
     *
     * @throws VolumeAway if the volume is not there
     */
    public boolean areOne(CartFile file, CartFile other) throws IOException {
        BundlePath one = inside(file);
        BundlePath two = inside(other);
        return NameProbe.mayBeOne(one, two) && probe(file).areOne(one, two);
    }

    /**
     * Whether the file system refuses the path of this file, although it accepts others.
     *
     * @throws VolumeAway if the volume is not there
     */
    public boolean isImpossible(CartFile file) throws IOException {
        return probe(file).isImpossible(inside(file));
    }

    private NameProbe probe(CartFile file) throws IOException {
        volume.requireThere();
        Path directory = volume.part(cart).resolve("names." + file.id());
        volume.requireStraight(directory);
        return new NameProbe(directory);
    }

    /**
     * Removes a damaged or half-written file, or a symlink in its place, for the step that owns {@code parts}. The
     * caller ensures that no other file of the cart has the same path on this file system.
     *
     * @return whether something was removed
     * @throws IOException if a later step has begun, or the file system fails
     */
    public boolean clear(CartFile file, Parts parts) throws IOException {
        Path target = path(file);
        volume.requireStraight(target);
        if (!Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS) && !Files.isSymbolicLink(target)) {
            return false;
        }
        parts.remove(target);
        return true;
    }

    /**
     * Makes a file a hard link to a file of another tree. Never replaces anything.
     *
     * @param twin the file of the tree {@code other} with the same content
     * @return whether the file is such a link now; false if something else is at its path, the other file is gone, or
     *     the file system refuses the link
     * @throws VolumeAway if the volume is not there
     */
    public boolean link(CartFile file, CartTree other, CartFile twin) throws IOException {
        volume.mark().requireRecently();
        Path target = path(file);
        Path source = other.path(twin);
        volume.requireStraight(target);
        if (!Disk.isStraight(volume.root(), source) || !Disk.isRegular(source, file.size())) {
            return false;
        }
        volume.makeDirectory(cart);
        try {
            Files.createDirectories(target.getParent());
            Files.createLink(target, source);
        } catch (FileAlreadyExistsException e) {
            // Stays as it is: this step may be an overtaken one, which must not remove a file of a later one.
            return Disk.isRegular(target, file.size()) && Files.isSameFile(target, source);
        } catch (UnsupportedOperationException | FileSystemException e) {
            return false;
        }
        return Disk.isRegular(target, file.size());
    }

    /**
     * Removes the tree with its contents. Pacifica Cartd staged the files of a bundled cart in a tree beside the tar.
     *
     * @throws VolumeAway if the volume is not there
     */
    public void remove() throws IOException {
        Path tree = path();
        volume.requireThere();
        volume.requireStraight(tree);
        Disk.removeTree(tree);
    }
}
