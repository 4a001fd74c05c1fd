package dev.cartd.volume;

import dev.cartd.bundle.Contents;
import dev.cartd.cart.BundlePath;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.system.Elapsed;
import dev.cartd.system.TreeReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The tree of a streamed cart on the volume. Immutable, and safe for use by many threads. Methods that take a file
 * throw {@link IllegalArgumentException} if it has no {@link CartFile#bundlePath}.
 */
public final class CartTree extends CartFiles {
    private static final System.Logger LOG = System.getLogger(CartTree.class.getName());

    /** The number of files that a thread checks before it takes the next ones. */
    private static final int LOOKS = 512;

    /** How long {@link #missing} is trusted: a file that is opened within this time is not checked again. */
    private static final Duration TRUSTED = Duration.ofSeconds(1);

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

    /** The tree itself, and all directories in it that lead to these files. */
    public Collection<Path> directories(List<CartFile> files) {
        Path above = volume.directory(cart);
        Set<Path> found = new LinkedHashSet<>();
        for (CartFile file : files) {
            Path directory = path(file).getParent();
            while (directory != null && !directory.equals(above) && found.add(directory)) {
                directory = directory.getParent();
            }
        }
        return found;
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
     * @throws VolumeNotThere if there is none because the volume is not there
     */
    public Optional<OnDisk> attributes(CartFile file) throws IOException {
        return attributes(path(file));
    }

    /**
     * Whether the tree has this file, as a regular file of its size.
     *
     * @throws VolumeNotThere if it has not because the volume is not there
     */
    public boolean has(CartFile file) throws IOException {
        return has(path(file), file.size());
    }

    /**
     * The first of these files that the tree does not have as a regular file of its size, or that a symlink leads to.
     * Several threads check files, since each thread only waits for the medium.
     *
     * @param files at best directory by directory, as they come in a tar
     * @throws VolumeNotThere if a file is not there because the volume is not
     */
    public Optional<CartFile> missing(List<CartFile> files) throws IOException {
        AtomicInteger next = new AtomicInteger();
        AtomicInteger missing = new AtomicInteger(files.size());
        try (Reader reader = reader()) {
            Disk.together(Disk.LOOKS, Math.min(Disk.AT_ONCE, 1 + files.size() / LOOKS), () -> {
                for (int i = next.getAndAdd(LOOKS); i < missing.get(); i = next.getAndAdd(LOOKS)) {
                    for (int at = i; at < Math.min(i + LOOKS, missing.get()); at++) {
                        if (!reader.has(files.get(at))) {
                            missing.accumulateAndGet(at, Math::min);
                        }
                    }
                }
                return null;
            });
        }
        return missing.get() == files.size() ? Optional.empty() : Optional.of(files.get(missing.get()));
    }

    /** Reads many files of the tree; the caller closes it, and has just found all of them there. */
    public Reader reader() {
        return new Reader();
    }

    /**
     * Reads many files of the tree, best directory by directory, as they come in a tar: it keeps their directory open.
     * Where the file system cannot open files relative to a directory, each file is looked for by its whole path. Safe
     * for use by many threads.
     */
    public final class Reader implements Contents {
        private final Elapsed sinceLook = volume.timeline().measure();
        private final Optional<TreeReader> files = TreeReader.isPossible(volume.root())
                ? Optional.of(new TreeReader(volume.root(), volume.root().relativize(path())))
                : Optional.empty();

        private Reader() {}

        /**
         * Whether the tree has this file, as a regular file of its size that no symlink leads to.
         *
         * @throws VolumeNotThere if it has not because the volume is not there
         */
        boolean has(CartFile file) throws IOException {
            if (files.isEmpty()) {
                return attributes(file)
                        .filter(found -> found.size() == file.size())
                        .isPresent();
            }
            if (isThere(files.get(), file)) {
                return true;
            }
            volume.requireRecently();
            return false;
        }

        private boolean isThere(TreeReader reader, CartFile file) throws IOException {
            try {
                BasicFileAttributes found = reader.attributes(name(file));
                return found.isRegularFile() && found.size() == file.size();
            } catch (NoSuchFileException e) {
                return false;
            }
        }

        /**
         * Opens a file for reading. Checks first that it is a regular file, since to open a pipe could block; in the
         * first second of this reader the check of {@link #missing} counts.
         *
         * @throws NoSuchFileException if there is no regular file of its size at its path, or a parent is a symlink
         */
        @Override
        public SeekableByteChannel open(CartFile file) throws IOException {
            if (files.isEmpty()) {
                return CartTree.this.open(file);
            }
            if (sinceLook.reached(TRUSTED) && !isThere(files.get(), file)) {
                throw new NoSuchFileException(file.path(), null, "it is not a regular file of its size");
            }
            return files.get().open(name(file));
        }

        private String name(CartFile file) {
            return FileNames.requireNameable(inside(file).value());
        }

        @Override
        public void rest() throws IOException {
            if (files.isPresent()) {
                files.get().rest();
            }
        }

        @Override
        public void close() throws IOException {
            if (files.isPresent()) {
                files.get().close();
            }
        }
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
            volume.requireRecently();
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
     * @throws VolumeNotThere if the volume is not there
     */
    public boolean areOne(CartFile file, CartFile other) throws IOException {
        BundlePath one = inside(file);
        BundlePath two = inside(other);
        return NameProbe.mayBeOne(one, two) && probe(file).areOne(one, two);
    }

    /**
     * Whether the file system refuses the path of this file, although it accepts others.
     *
     * @throws VolumeNotThere if the volume is not there
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
     * Removes a damaged or half-written file, or a symlink in its place, for the step that owns {@code parts}, and
     * waits until that is durable: if the file came back after a power cut, it would pass for the one that takes its
     * name. The caller ensures that no other file of the cart has the same path on this file system.
     *
     * @return whether something was removed
     * @throws IOException if a later step has begun, or the file system fails
     */
    public boolean clear(CartFile file, Parts parts) throws IOException {
        boolean removed = remove(file, parts);
        if (removed) {
            volume.syncName(path(file));
        }
        return removed;
    }

    private boolean remove(CartFile file, Parts parts) throws IOException {
        Path target = path(file);
        volume.requireStraight(target);
        if (!Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS) && !Files.isSymbolicLink(target)) {
            return false;
        }
        parts.remove(target);
        return true;
    }

    /**
     * Removes files like {@link #clear(CartFile, Parts)}, all that it can, and syncs each directory once.
     *
     * @throws IOException the first failure, once all was tried
     */
    public void clear(List<CartFile> files, Parts parts) throws IOException {
        Map<Path, Path> entries = new LinkedHashMap<>(); // One of each directory.
        List<IOException> failures = new ArrayList<>();
        for (CartFile file : files) {
            try {
                if (remove(file, parts)) {
                    entries.put(Objects.requireNonNull(path(file).getParent()), path(file));
                }
            } catch (IOException e) {
                failures.add(e);
            }
        }
        for (Path entry : entries.values()) {
            try {
                volume.syncName(entry);
            } catch (IOException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
    }

    /**
     * Makes a file a hard link to a file of another tree. Never replaces anything.
     *
     * @param twin the file of the tree {@code other} with the same content
     * @return whether the file is such a link now; false if something else is at its path, the other file is gone, or
     *     the file system refuses the link
     * @throws VolumeNotThere if the volume is not there
     */
    public boolean hardLink(CartFile file, CartTree other, CartFile twin) throws IOException {
        volume.requireRecently();
        Path target = path(file);
        Path source = other.path(twin);
        volume.requireStraight(target);
        if (!Disk.isStraight(volume.root(), source) || !Disk.isRegular(source, file.size())) {
            return false;
        }
        try {
            createLink(target, source);
        } catch (FileAlreadyExistsException e) {
            // Stays as it is: this step may be an overtaken one, which must not remove a file of a later one.
            return Disk.isRegular(target, file.size()) && Files.isSameFile(target, source);
        } catch (UnsupportedOperationException | FileSystemException e) {
            return false;
        }
        return Disk.isRegular(target, file.size());
    }

    private void createLink(Path target, Path source) throws IOException {
        try {
            Files.createLink(target, source);
        } catch (NoSuchFileException e) {
            volume.makeDirectory(cart);
            Files.createDirectories(target.getParent());
            Files.createLink(target, source);
        }
    }

    /**
     * Removes the tree with its contents. Pacifica Cartd staged the files of a bundled cart in a tree beside the tar.
     *
     * @throws VolumeNotThere if the volume is not there
     */
    public void remove() throws IOException {
        Path tree = path();
        volume.requireThere();
        volume.requireStraight(tree);
        Disk.removeTree(tree);
    }
}
