package dev.cartd.volume;

import dev.cartd.cart.BundlePath;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.Durability;
import dev.cartd.cart.FailureText;
import dev.cartd.cart.Stray;
import dev.cartd.spi.CartStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The directory of the carts, and the only code that computes paths in it: {@code <id>/<uid>/<path>} is a file of a
 * streamed cart, {@code <id>/<uid>.tar} the tar of a bundled cart, {@code cartuids/<uid>} a relative symlink to the
 * newest ready cart of the uid. Unfinished files have numbers as names in {@code <id>/.part/<step>/} until they are
 * renamed; see {@link Parts}.
 *
 * <p>Nothing outside the directory is ever written or removed, whatever a row of the database contains. Safe for use by
 * many threads.
 *
 * <p>Methods that check the presence of the volume throw {@link VolumeAway} if it is not there, and {@link
 * CartException.Unavailable} if the store does not answer. Methods that need the path of a cart's tree or tar throw
 * {@link IllegalArgumentException} if {@link #canHold} is false for it, and {@link UncheckedIOException} if {@link
 * #canName} is.
 */
public final class Volume {
    private static final System.Logger LOG = System.getLogger(Volume.class.getName());

    /** The directory of unfinished files of a cart. No uid begins with a dot, so the name is free. */
    private static final String PART = ".part";

    /** The number of an unfinished tar. Single files have their own numbers, which begin at 1. */
    public static final long TAR = 0;

    static final String LINKS = "cartuids";

    /** The file by which {@link DirectorySync} tests the volume. No uid begins with a dot, so the name is free. */
    private static final String TRIAL = ".trial";

    private static final String NO_UTF8 = "names of files are " + System.getProperty("sun.jnu.encoding")
            + " in this process, not UTF-8: start it in a UTF-8 locale (LC_ALL=C.UTF-8)";
    private static final boolean UTF8_NAMES = isPath("\u00fc\u4e2d");
    private static final int MAX_NAME = 255;
    private static final int RENAMES = 3;

    private final Path root;
    private final DirectorySync syncs;
    private final UidLinks links;
    private final Placing placing = new Placing();
    private final VolumeMark mark;

    /** The volume at this path for the carts of this store. Creates nothing. */
    public Volume(Path root, CartStore carts, InstantSource clock) {
        this.root = real(root);
        this.syncs = new DirectorySync(this.root.resolve(LINKS).resolve(TRIAL));
        this.links = new UidLinks(this.root.resolve(LINKS), syncs);
        this.mark = new VolumeMark(this.root, carts, clock);
    }

    private static Path real(Path root) {
        try {
            return root.toRealPath();
        } catch (IOException e) {
            return root.toAbsolutePath().normalize(); // It does not exist yet.
        }
    }

    /** The mark of the volume, which tells whether the volume is there. */
    public VolumeMark mark() {
        return mark;
    }

    /**
     * Checks that the volume is there now. To be called before anything is created, and before a cart is recorded as
     * damaged because files are missing.
     *
     * @throws VolumeAway if it is not there
     * @throws CartException.Unavailable if the store does not answer
     */
    public void requireThere() throws VolumeAway {
        mark.require();
    }

    /** The absolute path of the volume. */
    public Path root() {
        return root;
    }

    /**
     * The highest number of a directory on the volume, 0 if there is none: a new cart must have a higher one.
     *
     * @throws UncheckedIOException if the volume is not there or cannot be read
     */
    public long highest() {
        try (Stream<Path> entries = Files.list(root)) {
            requireThere();
            return entries.mapToLong(Volume::number).max().orElse(0);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /**
     * The bytes that may still be written to the file system at the volume's path, even if the volume is not mounted.
     *
     * @throws UncheckedIOException if that cannot be read
     */
    public long free() {
        try {
            return Files.getFileStore(root).getUsableSpace();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /**
     * The size in bytes of the file system at the volume's path, even if the volume is not mounted.
     *
     * @throws UncheckedIOException if that cannot be read
     */
    public long total() {
        try {
            return Files.getFileStore(root).getTotalSpace();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private UncheckedIOException unreadable(IOException e) {
        String message = e instanceof VolumeAway
                ? String.valueOf(e.getMessage())
                : "the volume " + root + " cannot be read: " + FailureText.of(e);
        return new UncheckedIOException(message, e);
    }

    /**
     * The bytes that a file of this size takes on the volume: whole blocks, and one block for its directory entry.
     *
     * @throws ArithmeticException if that does not fit into a long
     */
    public long taken(long size) {
        long blocks = (size + Disk.BLOCK - 1) / Disk.BLOCK + 1;
        return Math.multiplyExact(blocks, Disk.BLOCK);
    }

    /** Whether the cart's uid can be the name of a directory and of a tar. Rows of Pacifica Cartd may have any uid. */
    public static boolean canHold(Cart cart) {
        return isPlainName(cart.uid());
    }

    /** Whether each segment of this path is a single file name on this system, which may have other separators too. */
    public static boolean canHold(BundlePath path) {
        return path.segments().stream().allMatch(Volume::isOneName);
    }

    /** Why this process cannot create all file names, although the volume may allow them; empty if it can. */
    public static Optional<String> nameProblem() {
        return UTF8_NAMES ? Optional.empty() : Optional.of(NO_UTF8);
    }

    /** Whether this process can create this name or path in spite of {@link #nameProblem}. */
    public static boolean canName(String path) {
        return UTF8_NAMES || isPath(path);
    }

    private static boolean isPath(String text) {
        try {
            return Path.of(text).getNameCount() >= 0;
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static boolean isOneName(String segment) {
        try {
            Path name = Path.of(segment);
            return !(Disk.isWindows() && WindowsNames.isDevice(segment))
                    && name.getRoot() == null
                    && name.getNameCount() == 1
                    && name.toString().equals(segment);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static boolean isPlainName(String uid) {
        return !uid.isEmpty()
                && !(Disk.isWindows() && WindowsNames.isDevice(uid))
                && !uid.startsWith(".")
                && uid.indexOf('/') < 0
                && uid.indexOf('\\') < 0
                && uid.chars().noneMatch(Character::isISOControl)
                && Disk.utf8Length(uid) <= MAX_NAME - ".tar".length();
    }

    /** The path of the cart's tree or tar, whether it exists or not. */
    public Path place(Cart cart) {
        requireHold(cart);
        return resolve(directory(cart), cart.bundle() ? cart.uid() + ".tar" : cart.uid());
    }

    /**
     * The path of a file in the tree of a streamed cart, whether it exists or not.
     *
     * @throws IllegalArgumentException if the file has no {@link CartFile#bundlePath}
     */
    public Path place(Cart cart, CartFile file) {
        return resolve(place(cart), path(file).value());
    }

    private static BundlePath path(CartFile file) {
        return file.bundlePath().orElseThrow(() -> new IllegalArgumentException("no path: " + file.path()));
    }

    private static Path resolve(Path directory, String name) {
        try {
            return directory.resolve(name);
        } catch (InvalidPathException e) {
            throw new UncheckedIOException(new IOException(NO_UTF8, e));
        }
    }

    /**
     * Takes over the cart's unfinished files for a step under the cart's epoch; {@link #TAR} is the number of its tar.
     * From now on, operations of earlier steps on unfinished files of this cart fail.
     *
     * @throws Overtaken if a later step has begun
     * @throws VolumeAway if the volume is not there
     */
    public Parts parts(Cart cart) throws IOException {
        requireThere();
        links.requireStraight();
        makeDirectory(cart);
        return new Parts(root, part(cart), cart.epoch());
    }

    /** Creates the cart's directory, and the one for unfinished files in it, which shows that it is the cart's. */
    private void makeDirectory(Cart cart) throws IOException {
        requireStraight(part(cart).resolve("any"));
        MadeMark.directory(directory(cart));
        Files.createDirectories(part(cart));
    }

    /**
     * A foreign file or directory that occupies the path of a claimed cart's directory, tree or tar; empty if there is
     * none. Cartd never changes it.
     *
     * @throws VolumeAway if the volume is not there
     */
    public Optional<Path> foreign(Cart cart) throws IOException {
        requireThere();
        Path directory = directory(cart);
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS) || !isOwn(cart, directory)) {
            return Optional.of(directory);
        }
        Path place = place(cart);
        boolean wrong = Files.exists(place, LinkOption.NOFOLLOW_LINKS)
                && (cart.bundle()
                        ? !Files.isRegularFile(place, LinkOption.NOFOLLOW_LINKS)
                        : !Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS));
        return wrong && cart.durability() == Durability.SYNCED && cart.held() == 0
                ? Optional.of(place)
                : Optional.empty();
    }

    /**
     * Whether the directory is the cart's. Before the first step of a cart every directory with contents is foreign,
     * except those of carts that Pacifica Cartd made.
     */
    private boolean isOwn(Cart cart, Path directory) throws IOException {
        boolean wasThere = cart.ready().isPresent()
                || !cart.bundlePath().isEmpty()
                || cart.durability() == Durability.UNPROVEN
                || cart.held() > 0;
        if (wasThere || Files.isDirectory(part(cart), LinkOption.NOFOLLOW_LINKS)) {
            return true;
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.findAny().isEmpty();
        }
    }

    /**
     * Turns the finished tar of a cart, if there is one, into its unfinished tar. If there is an unfinished tar
     * already, removes the finished one. The caller must have checked its claim after it opened {@code parts}.
     *
     * @throws VolumeAway if the volume is not there
     */
    public void takeTarBack(Cart cart, Parts parts) throws IOException {
        requireThere();
        Path tar = place(cart);
        requireStraight(tar);
        if (Files.isRegularFile(tar, LinkOption.NOFOLLOW_LINKS)) {
            parts.adopt(TAR, tar);
        }
    }

    /**
     * Removes the tree beside the tar of a bundled cart, in which Pacifica Cartd staged the files.
     *
     * @throws VolumeAway if the volume is not there
     */
    public void removeTree(Cart cart) throws IOException {
        requireHold(cart);
        requireThere();
        Path tree = directory(cart).resolve(cart.uid());
        requireStraight(tree);
        Disk.removeTree(tree);
    }

    /**
     * Moves a finished tar to its final path. Replaces only an earlier tar of the same cart, which is being repaired.
     *
     * @throws FileAlreadyExistsException if something else is at the path
     * @throws Overtaken if a later step has begun
     */
    public void placeTar(Cart cart, Path part, Parts parts) throws IOException {
        Path tar = place(cart);
        requireStraight(tar);
        try {
            if (Files.isRegularFile(tar, LinkOption.NOFOLLOW_LINKS)) {
                parts.remove(tar);
            }
            placing.move(part, tar);
        } catch (FileAlreadyExistsException e) {
            throw new FileAlreadyExistsException(
                    tar.toString(), null, "it is in the way, and cartd did not make it: move it away");
        } catch (NoSuchFileException e) {
            throw Parts.explained(e, part);
        }
    }

    /**
     * Moves a verified file of a streamed cart to its path in the tree, and sets its modification time. Never replaces
     * anything.
     *
     * @throws FileAlreadyExistsException if something is at the path
     * @throws Overtaken if a later step has begun
     * @throws IOException if the file system refuses the name, or fails
     */
    public void place(Cart cart, CartFile file, Path part) throws IOException {
        Path target = place(cart, file);
        requireStraight(target);
        try {
            setTime(part, file.mtime());
            try {
                placing.move(part, target);
            } catch (NoSuchFileException e) {
                createParents(target, part);
                placing.move(part, target);
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
            requireThere();
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
     * Whether the file system takes the paths of these two files of a streamed cart for the same one.
     *
     * @throws VolumeAway if the volume is not there
     */
    public boolean areOne(Cart cart, CartFile file, CartFile other) throws IOException {
        BundlePath one = path(file);
        BundlePath two = path(other);
        return NameProbe.mayBeOne(one, two) && probe(cart, file).areOne(one, two);
    }

    /**
     * Whether the file system refuses the path of this file of a streamed cart, although it accepts others.
     *
     * @throws VolumeAway if the volume is not there
     */
    public boolean isImpossible(Cart cart, CartFile file) throws IOException {
        return probe(cart, file).isImpossible(path(file));
    }

    private NameProbe probe(Cart cart, CartFile file) throws IOException {
        requireThere();
        Path directory = part(cart).resolve("names." + file.id());
        requireStraight(directory);
        return new NameProbe(directory);
    }

    /**
     * Removes a damaged or half-written file of a streamed cart, or a symlink in its place, for the step that owns
     * {@code parts}. The caller ensures that no other file of the cart has the same path on this file system.
     *
     * @return whether something was removed
     * @throws IOException if a later step has begun, or the file system fails
     */
    public boolean clear(Cart cart, CartFile file, Parts parts) throws IOException {
        Path target = place(cart, file);
        requireStraight(target);
        if (!Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS) && !Files.isSymbolicLink(target)) {
            return false;
        }
        parts.remove(target);
        return true;
    }

    /**
     * Makes a file of a streamed cart a hard link to a file of another cart. Never replaces anything.
     *
     * @param twin the file of the cart {@code other} with the same content
     * @return whether the file is such a link now; false if something else is at its path, the other file is gone, or
     *     the file system refuses the link
     * @throws VolumeAway if the volume is not there
     */
    public boolean link(Cart cart, CartFile file, Cart other, CartFile twin) throws IOException {
        mark.requireRecently();
        Path target = place(cart, file);
        Path source = place(other, twin);
        requireStraight(target);
        if (!Disk.isStraight(root, source) || !Disk.isRegular(source, file.size())) {
            return false;
        }
        makeDirectory(cart);
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
     * Opens a file in the tree of a streamed cart for reading. Follows no symlink.
     *
     * @throws NoSuchFileException if there is no regular file at its path, or a parent is a symlink
     */
    public FileChannel open(Cart cart, CartFile file) throws IOException {
        Path path = place(cart, file);
        if (!Disk.isStraight(root, path)) {
            throw new NoSuchFileException(path.toString(), null, "a symlink is on the way to it");
        }
        return Disk.read(path);
    }

    /**
     * The attributes of a file in the tree of a streamed cart; empty if there is no regular file at its path. Follows
     * no symlink.
     *
     * @throws VolumeAway if there is none because the volume is not there
     */
    public Optional<OnDisk> look(Cart cart, CartFile file) throws IOException {
        return look(place(cart, file));
    }

    /**
     * The attributes of the tar of a bundled cart; empty if there is no regular file at its path. Follows no symlink.
     *
     * @throws VolumeAway if there is none because the volume is not there
     */
    public Optional<OnDisk> lookAtTar(Cart cart) throws IOException {
        return look(place(cart));
    }

    private Optional<OnDisk> look(Path path) throws IOException {
        Optional<OnDisk> found = Disk.look(root, path);
        if (found.isEmpty()) {
            mark.requireRecently();
        }
        return found;
    }

    /**
     * Opens the tar of a bundled cart for reading: the finished one, otherwise the unfinished one of the latest step.
     *
     * @throws NoSuchFileException if there is neither
     */
    public FileChannel openTar(Cart cart) throws IOException {
        try {
            return Disk.read(place(cart));
        } catch (NoSuchFileException e) {
            // Each step of the cart renames the unfinished tar, and the last step renames it to the finished one.
            for (int i = 0; i < RENAMES; i++) {
                Optional<FileChannel> part = Parts.newest(part(cart), TAR);
                if (part.isPresent()) {
                    return part.get();
                }
            }
            return Disk.read(place(cart));
        }
    }

    /**
     * Whether the tree of a streamed cart has this file, as a regular file of its size.
     *
     * @throws VolumeAway if it has not because the volume is not there
     */
    public boolean has(Cart cart, CartFile file) throws IOException {
        return has(place(cart, file), file.size());
    }

    /**
     * Whether a bundled cart has its tar, as a regular file of this size.
     *
     * @throws VolumeAway if it has not because the volume is not there
     */
    public boolean hasTar(Cart cart, long size) throws IOException {
        return has(place(cart), size);
    }

    private boolean has(Path path, long size) throws IOException {
        if (Disk.isRegular(path, size)) {
            return true;
        }
        mark.requireRecently();
        return false;
    }

    /**
     * Whether the tree or tar of a ready cart exists.
     *
     * @throws VolumeAway if it does not because the volume is not there
     */
    public boolean isThere(Cart cart) throws IOException {
        // notExists() is false too if this user may not read the directory: then the cart counts as there.
        if (canHold(cart) && !Files.notExists(place(cart), LinkOption.NOFOLLOW_LINKS)) {
            return true;
        }
        mark.requireRecently();
        return false;
    }

    /**
     * The bytes that the files of a cart take on the volume, found by walking its directory.
     *
     * @throws VolumeAway if the volume is not there
     */
    public long measure(Cart cart) throws IOException {
        long taken = Disk.sizes(directory(cart)).stream().mapToLong(this::taken).sum();
        requireThere();
        return taken;
    }

    /**
     * The numbers of all directories whose name is a number greater than 0, in no order.
     *
     * @throws VolumeAway if the volume is not there
     */
    public List<Long> numbers() throws IOException {
        requireThere();
        try (Stream<Path> entries = Files.list(root)) {
            return entries.filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
                    .map(Volume::number)
                    .filter(number -> number > 0)
                    .toList();
        }
    }

    /** Describes the directory with this number, which belongs to no cart. */
    public Stray stray(long number) {
        Path directory = root.resolve(Long.toString(number));
        return new Stray(directory, MadeMark.isOn(directory), Disk.changed(directory));
    }

    /**
     * Removes the directory of a stray that cartd created, with its contents.
     *
     * @throws IllegalArgumentException if cartd's mark is not on it
     * @throws VolumeAway if the volume is not there
     */
    public void removeStray(Stray stray) throws IOException {
        requireThere();
        if (Files.notExists(stray.directory(), LinkOption.NOFOLLOW_LINKS)) {
            return; // Another process deleted it meanwhile.
        }
        if (!stray.made() || !MadeMark.isOn(stray.directory())) {
            throw new IllegalArgumentException(stray.directory() + " is not known to be cartd's");
        }
        Disk.removeTree(stray.directory());
    }

    /** The uids whose links point to carts that do not exist. Leaves out links that cartd did not make. */
    public List<String> danglingLinks() throws IOException {
        links.requireStraight();
        return links.dangling();
    }

    /** Waits until the bytes of these files are durable. */
    public void sync(Collection<Path> files) throws IOException {
        Disk.syncAll(List.copyOf(files));
    }

    /**
     * Removes the unfinished files of a finished cart, and waits until the names of its files and directories are
     * durable. The caller has synced the bytes of the files before.
     *
     * @throws Overtaken if a later step has begun
     */
    public void syncNames(Cart cart) throws IOException {
        removeUnfinished(cart);
        syncs.syncTree(directory(cart));
        syncs.sync(root);
    }

    private void removeUnfinished(Cart cart) throws IOException {
        try {
            Files.deleteIfExists(part(cart));
        } catch (DirectoryNotEmptyException e) {
            try (Parts parts = parts(cart)) {
                parts.removeAll();
                parts.abandon();
            }
        }
    }

    /**
     * Points {@code cartuids/<uid>} to this cart, or removes the link if {@code newest} is empty. Does nothing for a
     * uid that cannot be a file name, or if the file system has no symlinks, which is logged once.
     *
     * @return what else occupies the name of the link and stays, in words for people; empty if nothing does
     * @throws VolumeAway if the volume is not there
     */
    public Optional<String> link(String uid, Optional<Cart> newest) throws IOException {
        if (!isPlainName(uid)) {
            return Optional.empty();
        }
        requireThere();
        links.requireStraight();
        if (newest.isEmpty()) {
            links.remove(uid);
            return Optional.empty();
        }
        return links.point(uid, newest.get().id(), place(newest.get()));
    }

    /**
     * Removes the directory of a cart with its contents, but not the link of its uid. A foreign directory at that path
     * stays.
     *
     * @throws VolumeAway if the volume is not there
     * @throws IOException if a file cannot be removed
     */
    public void remove(Cart cart) throws IOException {
        requireThere();
        Path directory = directory(cart);
        if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS) && isOwn(cart, directory)) {
            Disk.removeTree(directory);
        }
        links.requireStraight();
        links.removeUnfinished(cart.id());
        requireThere(); // If the volume went away meanwhile, the directory was only seemingly absent.
    }

    /** Fails if a parent of the path is a symlink, which could lead out of the volume. */
    private void requireStraight(Path path) throws IOException {
        Disk.requireStraight(root, path);
    }

    /** The directory of the cart's unfinished files. */
    private Path part(Cart cart) {
        return directory(cart).resolve(PART);
    }

    private Path directory(Cart cart) {
        return root.resolve(Long.toString(cart.id()));
    }

    private static void requireHold(Cart cart) {
        if (!canHold(cart)) {
            throw new IllegalArgumentException("cart " + cart.id() + " has a uid that cannot be a name on disk");
        }
    }

    /** The number that is the name of this entry of the volume; 0 if the name is no number. */
    static long number(Path entry) {
        String name = entry.getFileName().toString();
        return name.length() <= 18 && !name.isEmpty() && name.chars().allMatch(c -> c >= '0' && c <= '9')
                ? Long.parseLong(name)
                : 0;
    }
}
