package dev.cartd.volume;

import dev.cartd.cart.BundlePath;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
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
 * The directory where carts lie, and the only code that names a path in it: {@code <id>/<uid>/<path>} is a streamed
 * cart, {@code <id>/<uid>.tar} a bundled one, {@code cartuids/<uid>} a relative symlink to the newest that is ready.
 * What is not finished lies in {@code <id>/.part/}, under names made of numbers, until it is renamed.
 *
 * <p>Nothing outside the directory is ever written or removed, whatever a row of the database says. Safe for use by
 * many threads.
 */
public final class Volume {
    private static final System.Logger LOG = System.getLogger(Volume.class.getName());

    /** Begins with a dot, as no uid of a request does. */
    private static final String PART = ".part";

    /** The number of an unfinished tar; files have theirs, from 1 on. */
    public static final long TAR = 0;

    static final String LINKS = "cartuids";

    /** No uid begins with a dot. */
    private static final String TRIAL = ".trial";

    private static final String NAMES = "names of files are " + System.getProperty("sun.jnu.encoding")
            + " in this process, not UTF-8: start it in a UTF-8 locale (LC_ALL=C.UTF-8)";
    private static final boolean ALL_NAMES = isPath("\u00fc\u4e2d");
    private static final int MAX_NAME = 255;
    private static final int RENAMES = 3;

    private final Path root;
    private final DirectorySync syncs;
    private final UidLinks links;
    private final Placing placing = new Placing();
    private final VolumeMark mark;

    /** The volume at this path, where the carts of this store ought to lie; nothing is made. */
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
            return root.toAbsolutePath().normalize(); // It is not there yet.
        }
    }

    /** What tells whether it is there. */
    public VolumeMark mark() {
        return mark;
    }

    /**
     * Fails unless the volume is there at this moment. To be called before anything is made, before a cart is judged by
     * what is not there, and between the judgement and its record.
     *
     * @throws VolumeAway if it is not
     * @throws CartException.Unavailable if the store cannot tell
     */
    public void requireThere() throws VolumeAway {
        mark.require();
    }

    /** Where it is. */
    public Path root() {
        return root;
    }

    /** The highest number that a directory of the volume has, 0 if there is none: no new cart may have a lower one. */
    public long highest() {
        try (Stream<Path> entries = Files.list(root)) {
            requireThere();
            return entries.mapToLong(Volume::number).max().orElse(0);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** The bytes that may still be written to the file system of the volume, whether it is there or another is. */
    public long free() {
        try {
            return Files.getFileStore(root).getUsableSpace();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** The bytes that the file system of the volume has in all, whether it is there or another is. */
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

    /** What a file of this size takes on the volume: whole blocks, and one for its entry. */
    public long taken(long size) {
        long blocks = (size + Disk.BLOCK - 1) / Disk.BLOCK + 1;
        return Math.multiplyExact(blocks, Disk.BLOCK);
    }

    /** Whether the cart's uid can be the name of a directory and of a tar. Rows of Pacifica Cartd may have any. */
    public static boolean canHold(Cart cart) {
        return isPlainName(cart.uid());
    }

    /** Whether each name of this path is one name on this system, where more than {@code /} may separate. */
    public static boolean canHold(BundlePath path) {
        return path.segments().stream().allMatch(Volume::isOneName);
    }

    /** Why this process cannot make all names, though the volume could; empty if it can. */
    public static Optional<String> nameProblem() {
        return ALL_NAMES ? Optional.empty() : Optional.of(NAMES);
    }

    /** Whether {@link #nameProblem} does not concern this name, or path. */
    public static boolean canName(String path) {
        return ALL_NAMES || isPath(path);
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

    /** Where the cart's tree or tar is, or will be. */
    public Path place(Cart cart) {
        requireHold(cart);
        return resolve(directory(cart), cart.bundle() ? cart.uid() + ".tar" : cart.uid());
    }

    /** Where a file of a streamed cart is, or will be. */
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
            throw new UncheckedIOException(new IOException(NAMES, e));
        }
    }

    /**
     * The cart's unfinished files, for a step under its epoch; {@link #TAR} is the number of its tar. What earlier
     * steps still do by name on this cart fails from now on.
     *
     * @throws Overtaken if a later step has begun
     */
    public Parts parts(Cart cart) throws IOException {
        requireThere();
        links.requireStraight();
        makeDirectory(cart);
        return new Parts(root, part(cart), cart.epoch());
    }

    /** With the directory of unfinished files in it, by which it is known to be the cart's. */
    private void makeDirectory(Cart cart) throws IOException {
        requireStraight(part(cart).resolve("any"));
        MadeMark.directory(directory(cart));
        Files.createDirectories(part(cart));
    }

    /**
     * What is in the place of a claimed cart's directory, or of its tree or tar in there, and was not made for it;
     * empty if nothing is. Cartd never touches it.
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
        return wrong && cart.boot().isEmpty() && cart.held() == 0 ? Optional.of(place) : Optional.empty();
    }

    /** At its first step nothing is there that is not somebody else's, but for what Pacifica made. */
    private boolean isOwn(Cart cart, Path directory) throws IOException {
        boolean wasThere = cart.ready().isPresent()
                || !cart.bundlePath().isEmpty()
                || cart.boot().equals(Cart.UNPROVEN)
                || cart.held() > 0;
        if (wasThere || Files.isDirectory(part(cart), LinkOption.NOFOLLOW_LINKS)) {
            return true;
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.findAny().isEmpty();
        }
    }

    /**
     * Makes the finished tar of a cart, where it is there, its unfinished one again; one that is unfinished wins. To be
     * done only by whose claim was seen to hold since it has these parts.
     */
    public void takeTarBack(Cart cart, Parts parts) throws IOException {
        requireThere();
        Path tar = place(cart);
        requireStraight(tar);
        if (Files.isRegularFile(tar, LinkOption.NOFOLLOW_LINKS)) {
            parts.take(TAR, tar);
        }
    }

    /** Removes the tree that a bundled cart has beside its tar: Pacifica Cartd staged its files there. */
    public void removeTree(Cart cart) throws IOException {
        requireHold(cart);
        requireThere();
        Path tree = directory(cart).resolve(cart.uid());
        requireStraight(tree);
        Disk.removeTree(tree);
    }

    /** Gives a finished tar its name. Only an earlier tar of the same cart, from before it was repaired, gives way. */
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
     * Gives a verified file of a streamed cart its name in the tree, and its modification time. What has that name
     * already is never replaced.
     *
     * @throws IOException if something has it, or it cannot be had
     */
    public void place(Cart cart, CartFile file, Path part) throws IOException {
        Path target = place(cart, file);
        requireStraight(target);
        try {
            setTime(part, file.mtime());
            try {
                placing.move(part, target);
            } catch (NoSuchFileException e) {
                makeWay(target, part);
                placing.move(part, target);
            }
        } catch (NoSuchFileException e) {
            throw Parts.explained(e, part);
        }
    }

    /** Not for who has nothing to place any more: the cart may be gone. */
    private void makeWay(Path target, Path part) throws IOException {
        if (Files.exists(part, LinkOption.NOFOLLOW_LINKS)) {
            requireThere();
            Files.createDirectories(target.getParent());
        }
    }

    /** For who lists the volume: a tar has its times from the store, so a file system may refuse this. */
    private static void setTime(Path file, long mtime) {
        try {
            Disk.setModified(file, Instant.ofEpochSecond(mtime));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "{0} keeps the time of now: {1}", file, e);
        }
    }

    /** Whether the file system of the volume takes the names of these two files of a streamed cart for one. */
    public boolean areOne(Cart cart, CartFile file, CartFile other) throws IOException {
        BundlePath one = path(file);
        BundlePath two = path(other);
        return NameProbe.mayBeOne(one, two) && probe(cart, file).areOne(one, two);
    }

    /** Whether the file system of the volume cannot have a file of this name, though it can have others. */
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
     * Removes what is in the place of a file of a streamed cart, on behalf of who has these parts: from before it was
     * damaged, or what a crash left of it. Only to be called for what is no other file of the cart, under whatever
     * name.
     *
     * @return whether something was removed
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
     * Gives a file of a streamed cart its name in the tree as a further name of another's file that is there. What has
     * that name already is never replaced.
     *
     * @return whether that is so now; not where something else has the name, the other is gone, or the file system has
     *     no more links to give
     */
    public boolean link(Cart cart, CartFile file, Cart other, CartFile twin) throws IOException {
        mark.requireLately();
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
            // It stays: whoever is late must not remove what is there.
            return Disk.isRegular(target, file.size()) && Files.isSameFile(target, source);
        } catch (UnsupportedOperationException | FileSystemException e) {
            return false;
        }
        return Disk.isRegular(target, file.size());
    }

    /** Opens a file of a streamed cart that is in the tree; one that a symlink leads to is not. */
    public FileChannel open(Cart cart, CartFile file) throws IOException {
        Path path = place(cart, file);
        if (!Disk.isStraight(root, path)) {
            throw new NoSuchFileException(path.toString(), null, "a symlink is on the way to it");
        }
        return Disk.read(path);
    }

    /**
     * What a file of a streamed cart is, in the tree; empty if there is no such regular file, or only behind a symlink.
     */
    public Optional<OnDisk> look(Cart cart, CartFile file) throws IOException {
        return look(place(cart, file));
    }

    /** What the tar of a bundled cart is; empty if there is no such regular file, or only behind a symlink. */
    public Optional<OnDisk> lookAtTar(Cart cart) throws IOException {
        return look(place(cart));
    }

    private Optional<OnDisk> look(Path path) throws IOException {
        Optional<OnDisk> found = Disk.look(root, path);
        if (found.isEmpty()) {
            mark.requireLately();
        }
        return found;
    }

    /** Opens the tar of a bundled cart for reading: the finished one, else the one that was written to last. */
    public FileChannel openTar(Cart cart) throws IOException {
        try {
            return Disk.read(place(cart));
        } catch (NoSuchFileException e) {
            // It gets another name with each step of its cart, and its last one perhaps right now.
            for (int i = 0; i < RENAMES; i++) {
                Optional<FileChannel> part = Parts.newest(part(cart), TAR);
                if (part.isPresent()) {
                    return part.get();
                }
            }
            return Disk.read(place(cart));
        }
    }

    /** Whether a file of a streamed cart is in the tree, a regular file of its size. */
    public boolean has(Cart cart, CartFile file) throws IOException {
        return has(place(cart, file), file.size());
    }

    /** Whether the tar of a bundled cart is there, a regular file of this size. */
    public boolean hasTar(Cart cart, long size) throws IOException {
        return has(place(cart), size);
    }

    private boolean has(Path path, long size) throws IOException {
        if (Disk.isRegular(path, size)) {
            return true;
        }
        mark.requireLately();
        return false;
    }

    /** Whether something of a ready cart is there: its tree, or its tar. */
    public boolean isThere(Cart cart) throws IOException {
        // What cannot be told is not said to be gone: it may only be for another user to see.
        if (canHold(cart) && !Files.notExists(place(cart), LinkOption.NOFOLLOW_LINKS)) {
            return true;
        }
        mark.requireLately();
        return false;
    }

    /** What is there of a cart takes so many bytes. */
    public long measure(Cart cart) throws IOException {
        long taken = Disk.sizes(directory(cart)).stream().mapToLong(this::taken).sum();
        requireThere();
        return taken;
    }

    /** The numbers of all directories that could be a cart's. */
    public List<Long> numbers() throws IOException {
        requireThere();
        try (Stream<Path> entries = Files.list(root)) {
            return entries.filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
                    .map(Volume::number)
                    .filter(number -> number > 0)
                    .toList();
        }
    }

    /** The directory of this number, which belongs to no cart. */
    public Stray stray(long number) {
        Path directory = root.resolve(Long.toString(number));
        return new Stray(directory, MadeMark.isOn(directory), Disk.changed(directory));
    }

    /** Removes a stray that cartd made. */
    public void removeStray(Stray stray) throws IOException {
        requireThere();
        if (!stray.made() || !MadeMark.isOn(stray.directory())) {
            throw new IllegalArgumentException(stray.directory() + " is not known to be cartd's");
        }
        Disk.removeTree(stray.directory());
    }

    /** The uids whose links point to carts that are not there. Links that point elsewhere are somebody else's. */
    public List<String> danglingLinks() throws IOException {
        links.requireStraight();
        return links.dangling();
    }

    /** Waits until these files' bytes are on the medium. */
    public void sync(Collection<Path> files) throws IOException {
        Disk.syncAll(List.copyOf(files));
    }

    /** Makes durable every name on the way to the files of a finished cart, whose bytes are; its temporary ones go. */
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
     * Has {@code cartuids/<uid>} point to this cart, or to nothing. Where links cannot be made that is said once, and
     * nobody fails for it; nor for a uid that cannot be a name.
     *
     * @return what has that name and is not touched, in words for people; empty if nothing else does
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
     * Removes all that a cart has on the volume but its link; what has its place and was not made for it stays. Fails
     * if something is left.
     */
    public void remove(Cart cart) throws IOException {
        requireThere();
        Path directory = directory(cart);
        if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS) && isOwn(cart, directory)) {
            Disk.removeTree(directory);
        }
        links.requireStraight();
        links.removeUnfinished(cart.id());
        requireThere(); // Where it went meanwhile nothing is found either.
    }

    /** Nobody who makes something here is led out of the volume. */
    private void requireStraight(Path path) throws IOException {
        Disk.requireStraight(root, path);
    }

    /** Where its unfinished files are. */
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

    static long number(Path entry) {
        String name = entry.getFileName().toString();
        return name.length() <= 18 && !name.isEmpty() && name.chars().allMatch(c -> c >= '0' && c <= '9')
                ? Long.parseLong(name)
                : 0;
    }
}
