package dev.cartd.volume;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.FailureText;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.VolumeStore;
import dev.cartd.system.Elapsed;
import dev.cartd.system.FileOwner;
import dev.cartd.system.Timeline;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Checks whether the directory at the volume's path is the volume of the store's carts. The volume has a mark, the file
 * {@code .cartd-volume} with a random id, and the store has the same id recorded. A mount point without its mount has
 * no mark, and another volume has another id. Safe for use by many threads, processes and nodes.
 */
public final class VolumeMark {
    private static final System.Logger LOG = System.getLogger(VolumeMark.class.getName());
    private static final String ADOPT = "cartd dbsync --adopt-volume";

    /** The prefix of ids that a store in memory recorded, which are forgotten when its process ends. */
    private static final String MEMORY = "memory-";

    /** The most ready carts that are looked for on a volume, to find out whether it is the store's. */
    private static final int SAMPLE = 1000;

    /** How long {@link #requireRecently} trusts the last successful check. */
    private static final Duration TRUSTED = Duration.ofSeconds(1);

    private final Path root;
    private final CartStore carts;
    private final VolumeStore store;
    private final Timeline clock;

    /** The time since a check last succeeded; empty if none has. */
    private volatile Optional<Elapsed> lastThere = Optional.empty();

    /** The mark of the volume at this path, compared with the id that {@code carts} has recorded. */
    public VolumeMark(Path root, CartStore carts, Timeline clock) {
        this.root = root;
        this.carts = carts;
        this.store = carts.volume();
        this.clock = clock;
    }

    /**
     * Checks now whether the volume of the store's carts is there.
     *
     * @return why it is not; empty if it is
     * @throws CartException.Unavailable if the store does not answer
     */
    public Optional<VolumeNotThere> problem() {
        try {
            require();
            return Optional.empty();
        } catch (VolumeNotThere e) {
            return Optional.of(e);
        }
    }

    /**
     * Checks now that the volume of the store's carts is there.
     *
     * @throws VolumeNotThere if it is not
     * @throws CartException.Unavailable if the store does not answer
     */
    void require() throws VolumeNotThere {
        // Reads the mark before the store: if a volume is adopted in between, the check fails once, and never passes
        // for a wrong volume.
        Elapsed begun = clock.measure();
        Optional<String> mark = read();
        Optional<String> known = store.id();
        if (known.isEmpty()) {
            throw mark.isPresent() ? foreignVolume(mark.get()) : unrecordedVolume();
        }
        if (!mark.equals(known)) {
            throw mark.isPresent() ? wrongVolume(mark.get(), known.get()) : missingVolume();
        }
        lastThere = Optional.of(begun);
    }

    /** Like {@link #require}, but trusts a check of the last second: for checks that are made for each file. */
    void requireRecently() throws VolumeNotThere {
        if (lastThere.filter(since -> !since.reached(TRUSTED)).isEmpty()) {
            require();
        }
    }

    /** The problem of a file system that does not answer. */
    public VolumeNotThere hangs() {
        return new VolumeNotThere("the volume " + root + " does not answer", "look at its mount");
    }

    /**
     * The id of the volume of the store's carts, whether it is there or not; empty until one was marked.
     *
     * @throws CartException.Unavailable if the store does not answer
     */
    public Optional<String> id() {
        return store.id();
    }

    private Optional<String> read() throws VolumeNotThere {
        try {
            return MarkFile.read(root);
        } catch (IOException e) {
            throw new VolumeNotThere(
                    "the volume " + root + " cannot be read: " + FailureText.of(e),
                    "mend that, the carts go on by themselves");
        }
    }

    private VolumeNotThere missingVolume() {
        String what = Files.isDirectory(root)
                ? root + " is not the volume of this database, it has no mark"
                : "the volume " + root + " is not there";
        return new VolumeNotThere(what, "mount it; if it was made anew, or lost its mark: " + ADOPT);
    }

    private VolumeNotThere wrongVolume(String mark, String known) {
        return new VolumeNotThere(
                root + " is not the volume of this database, its mark is " + mark + " instead of " + known,
                "check volume_path and peewee_url; to use this volume from now on: " + ADOPT);
    }

    private VolumeNotThere foreignVolume(String mark) {
        return new VolumeNotThere(
                root + " is the volume of another database, its mark is " + mark,
                "check volume_path and peewee_url; if that database is gone: " + ADOPT);
    }

    private VolumeNotThere unrecordedVolume() {
        return new VolumeNotThere(
                root + " is not known to be the volume of this database",
                "mount the volume with its carts and run cartd dbsync; if they are lost: " + ADOPT);
    }

    /**
     * Marks the volume if the store has no volume recorded and this one holds ready carts of the store, or is new: it
     * has no mark, and the store has no ready cart; or it has the mark of a store in memory that is gone; or it has a
     * mark, but no directory of a cart. Does nothing otherwise.
     *
     * @param make whether to create a missing directory
     * @throws IOException if the mark cannot be read or written
     * @throws CartException.Unavailable if the store does not answer
     */
    public void markIfNew(boolean make) throws IOException {
        if (store.id().isPresent() || !(make || Files.isDirectory(root)) || !isNewOrOwn()) {
            return;
        }
        Files.createDirectories(root);
        store.record(known -> known.isPresent() ? Optional.empty() : Optional.of(write()));
    }

    /**
     * Makes this the volume of the store's carts from now on, whatever it contains. A store that used this volume
     * before stops using it; this store stops using the volume that it had before.
     *
     * @throws IOException if the directory is not there, or the mark cannot be written
     * @throws CartException.Unavailable if the store does not answer
     */
    public void adopt() throws IOException {
        if (!Files.isDirectory(root)) {
            throw new NoSuchFileException(root + " is not a directory that is there: mount it, or make it first");
        }
        store.record(known -> Optional.of(write()));
    }

    /** Writes a new id in any case: a store that has the old one recorded must not use the volume any more. */
    private String write() throws IOException {
        String id = (store.lasts() ? "" : MEMORY) + UUID.randomUUID();
        FileOwner.giveToOwner(Files.createDirectories(root.resolve(UidLinks.DIRECTORY)));
        MarkFile.write(root, id);
        LOG.log(System.Logger.Level.INFO, "{0} is marked as the volume of these carts: {1}", root, id);
        return id;
    }

    private boolean isNewOrOwn() throws IOException {
        Optional<String> mark = read();
        if (mark.isEmpty()) {
            return expectsNoCart() || hasReadyCart();
        }
        boolean forgotten = !store.lasts() && mark.get().startsWith(MEMORY);
        return forgotten || isEmpty() || hasReadyCart();
    }

    private boolean expectsNoCart() {
        return ready().findAny().isEmpty();
    }

    private boolean hasReadyCart() {
        return ready().limit(SAMPLE).anyMatch(this::isThere);
    }

    private Stream<Cart> ready() {
        return carts.live().filter(cart -> cart.status() == CartStatus.READY);
    }

    private boolean isThere(Cart cart) {
        if (!FileNames.canHold(cart) || !FileNames.canName(cart.uid())) {
            return false;
        }
        Path directory = root.resolve(Long.toString(cart.id()));
        return Files.exists(directory.resolve(cart.uid()), LinkOption.NOFOLLOW_LINKS)
                || Files.exists(directory.resolve(cart.uid() + ".tar"), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Whether the volume has no directory of a cart. Then its mark may be from a start that did not get as far as
     * recording the id.
     */
    private boolean isEmpty() throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root, entry -> FileNames.number(entry) > 0)) {
            return !entries.iterator().hasNext();
        }
    }
}
