package dev.cartd.volume;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.Durability;
import dev.cartd.cart.FailureText;
import dev.cartd.cart.Stray;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.SpaceStore;
import dev.cartd.system.FreeSpace;
import dev.cartd.system.Timeline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The directory of the carts. Only this package computes paths in it: {@code <id>/<uid>/<path>} is a file of a
 * streamed cart, {@code <id>/<uid>.tar} the tar of a bundled cart, {@code cartuids/<uid>} a relative symlink to the
 * newest ready cart of the uid. Unfinished files have numbers as names in {@code <id>/.part/<step>/} until they are
 * renamed; see {@link Parts}. The paths inside a tree and of a tar are those of {@link CartFiles}.
 *
 * <p>Nothing outside the directory is ever written or removed, whatever a row of the database contains. Safe for use by
 * many threads.
 *
 * <p>Methods that check the presence of the volume throw {@link VolumeNotThere} if it is not there, and {@link
 * CartException.Unavailable} if the store does not answer.
 */
public final class Volume {
    /** The directory of unfinished files of a cart. No uid begins with a dot, so the name is free. */
    private static final String PART = ".part";

    /** The file by which {@link DirectorySync} tests the volume. No uid begins with a dot, so the name is free. */
    private static final String TRIAL = ".trial";

    private final Path root;
    private final DirectorySync syncs;
    private final UidLinks links;
    private final Placing placing = new Placing();
    private final VolumeMark mark;
    private final Timeline timeline;
    private final FreeSpace space;

    /** The volume at this path for the carts of this store. Creates nothing. */
    public Volume(Path root, CartStore carts, Timeline timeline) {
        this.root = real(root);
        this.syncs = new DirectorySync(this.root.resolve(UidLinks.DIRECTORY).resolve(TRIAL));
        this.links = new UidLinks(this.root.resolve(UidLinks.DIRECTORY), syncs);
        this.mark = new VolumeMark(this.root, carts, timeline);
        this.timeline = timeline;
        this.space = new FreeSpace(this.root);
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
     * @throws VolumeNotThere if it is not there
     * @throws CartException.Unavailable if the store does not answer
     */
    public void requireThere() throws VolumeNotThere {
        mark.require();
    }

    /** The time of this process. */
    Timeline timeline() {
        return timeline;
    }

    /**
     * Like {@link #requireThere}, but trusts a check of the last second: for looks that change nothing.
     *
     * @throws VolumeNotThere if it is not there
     * @throws CartException.Unavailable if the store does not answer
     */
    public void requireRecently() throws VolumeNotThere {
        mark.requireRecently();
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
        return read(() -> {
            try (Stream<Path> entries = Files.list(root)) {
                requireThere();
                return entries.mapToLong(FileNames::number).max().orElse(0);
            }
        });
    }

    /**
     * The bytes that may still be written to the file system at the volume's path, even if the volume is not mounted.
     *
     * @throws UncheckedIOException if that cannot be read
     */
    public long free() {
        return read(space::usable);
    }

    /**
     * Like {@link #free}, for a caller that many others wait for.
     *
     * @throws UncheckedIOException if that cannot be read within a second
     */
    public long freeSoon() {
        return read(space::usableSoon);
    }

    /**
     * The size in bytes of the file system at the volume's path, even if the volume is not mounted.
     *
     * @throws UncheckedIOException if that cannot be read
     */
    public long total() {
        return read(space::total);
    }

    private interface Reading {
        long run() throws IOException;
    }

    private long read(Reading reading) {
        try {
            return reading.run();
        } catch (VolumeNotThere e) {
            throw new UncheckedIOException(e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("the volume " + root + " cannot be read: " + FailureText.of(e), e);
        }
    }

    /** The files of a cart, in the form that the cart was asked for. */
    public CartFiles files(Cart cart) {
        return cart.bundle() ? tar(cart) : tree(cart);
    }

    /** The tree of a streamed cart. */
    public CartTree tree(Cart cart) {
        return new CartTree(this, cart);
    }

    /** The tar of a bundled cart. */
    public CartTar tar(Cart cart) {
        return new CartTar(this, cart);
    }

    /**
     * Takes over the cart's unfinished files for a step under the cart's epoch; {@link Parts#TAR} is the number of its
     * tar. From now on, operations of earlier steps on unfinished files of this cart fail.
     *
     * @throws Overtaken if a later step has begun
     * @throws VolumeNotThere if the volume is not there
     */
    public Parts parts(Cart cart) throws IOException {
        requireThere();
        links.requireStraight();
        makeDirectory(cart);
        return new Parts(root, part(cart), cart.epoch());
    }

    /** Creates the cart's directory, and the one for unfinished files in it, which shows that it is the cart's. */
    void makeDirectory(Cart cart) throws IOException {
        requireStraight(part(cart).resolve("any"));
        OwnDirectory.create(directory(cart));
        Files.createDirectories(part(cart));
    }

    /**
     * A foreign file or directory that occupies the path of a claimed cart's directory, tree or tar; empty if there is
     * none. Cartd never changes it.
     *
     * @throws VolumeNotThere if the volume is not there
     */
    public Optional<Path> foreign(Cart cart) throws IOException {
        requireRecently();
        Path directory = directory(cart);
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS) || !isOwn(cart, directory)) {
            return Optional.of(directory);
        }
        CartFiles files = files(cart);
        boolean wrong = Files.exists(files.path(), LinkOption.NOFOLLOW_LINKS) && !files.isOfRightKind();
        return wrong && cart.durability() == Durability.SYNCED && cart.held() == 0
                ? Optional.of(files.path())
                : Optional.empty();
    }

    /**
     * Whether the directory is the cart's. Before the first step of a cart every directory with contents is foreign,
     * except those of carts that Pacifica Cartd made; after that, one with contents that are not the cart's.
     */
    private boolean isOwn(Cart cart, Path directory) throws IOException {
        boolean wasThere = cart.ready().isPresent()
                || !cart.bundlePath().isEmpty()
                || cart.durability() == Durability.UNPROVEN
                || cart.held() > 0
                || cart.progress().staged() > 0; // Links to files of other carts take no bytes.
        if (wasThere || Files.isDirectory(part(cart), LinkOption.NOFOLLOW_LINKS)) {
            return true;
        }
        // A cart that was begun may have been finished, but for the record of that.
        boolean begun = cart.durability() != Durability.SYNCED;
        Path finished = files(cart).path();
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.allMatch(entry -> begun && entry.equals(finished));
        }
    }

    /**
     * The bytes that the files of a cart take on the volume, found by walking its directory.
     *
     * @throws VolumeNotThere if the volume is not there
     */
    public long measure(Cart cart) throws IOException {
        long taken = Disk.sizes(directory(cart)).stream()
                .mapToLong(SpaceStore::taken)
                .sum();
        requireThere();
        return taken;
    }

    /**
     * The numbers of all directories whose name is a number greater than 0, in no order.
     *
     * @throws VolumeNotThere if the volume is not there
     */
    public List<Long> numbers() throws IOException {
        requireThere();
        try (Stream<Path> entries = Files.list(root)) {
            return entries.filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
                    .map(FileNames::number)
                    .filter(number -> number > 0)
                    .toList();
        }
    }

    /** Describes the directory with this number, which belongs to no cart. */
    public Stray stray(long number) {
        Path directory = root.resolve(Long.toString(number));
        return new Stray(directory, OwnDirectory.isOwn(directory), Disk.changed(directory, timeline.instant()));
    }

    /**
     * Removes the directory of a stray that cartd created, with its contents.
     *
     * @throws IllegalArgumentException if it is not certain that cartd created it
     * @throws VolumeNotThere if the volume is not there
     */
    public void removeStray(Stray stray) throws IOException {
        requireThere();
        if (Files.notExists(stray.directory(), LinkOption.NOFOLLOW_LINKS)) {
            return; // Another process deleted it meanwhile.
        }
        if (!stray.made() || !OwnDirectory.isOwn(stray.directory())) {
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
     * durable.
     *
     * @param below the directories of the cart's files below its own
     * @throws Overtaken if a later step has begun
     */
    public void syncNames(Cart cart, Collection<Path> below) throws IOException {
        removeUnfinished(cart);
        List<Path> directories = new ArrayList<>(below);
        directories.add(directory(cart));
        directories.add(root);
        syncs.syncAll(directories);
    }

    /** Waits until it is durable that there is a file of this name, or none. */
    void syncName(Path path) throws IOException {
        syncs.sync(Objects.requireNonNull(path.getParent()));
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
     * @throws VolumeNotThere if the volume is not there
     */
    public Optional<String> pointUidLink(String uid, Optional<Cart> newest) throws IOException {
        if (!FileNames.isPlainName(uid)) {
            return Optional.empty();
        }
        requireThere();
        links.requireStraight();
        if (newest.isEmpty()) {
            links.remove(uid);
            return Optional.empty();
        }
        return links.point(uid, newest.get().id(), files(newest.get()).path());
    }

    /**
     * Removes the directory of a cart with its contents, but not the link of its uid, and waits until that is durable:
     * nobody looks for the directory any more. A foreign directory at that path stays.
     *
     * @throws VolumeNotThere if the volume is not there
     * @throws IOException if a file cannot be removed
     */
    public void remove(Cart cart) throws IOException {
        requireThere();
        Path directory = directory(cart);
        if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS) && isOwn(cart, directory)) {
            Disk.removeTree(directory);
        }
        syncs.sync(root); // Even without a directory: an earlier step may have removed it just before it died.
        links.requireStraight();
        links.removeUnfinished(cart.id());
        requireThere(); // If the volume went away meanwhile, the directory was only seemingly absent.
    }

    /** Moves a finished file to a name that does not exist yet; see {@link Placing#move}. */
    void move(Path part, Path target) throws IOException {
        placing.move(part, target);
    }

    /** Fails if a parent of the path is a symlink, which could lead out of the volume. */
    void requireStraight(Path path) throws IOException {
        Disk.requireStraight(root, path);
    }

    /** The directory of the cart's unfinished files. */
    Path part(Cart cart) {
        return directory(cart).resolve(PART);
    }

    Path directory(Cart cart) {
        return root.resolve(Long.toString(cart.id()));
    }
}
