package dev.cartd.volume;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.FailureText;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.VolumeStore;
import dev.cartd.system.FileOwner;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Tells whether what is at the volume's path is the volume that the store's carts lie on. The volume carries a mark,
 * {@code .cartd-volume}, with a random id that the store knows. A mount point without its mount has none, and another
 * volume has another. Safe for use by many threads, processes and nodes.
 */
public final class VolumeMark {
    private static final System.Logger LOG = System.getLogger(Volume.class.getName());
    private static final String ADOPT = "cartd dbsync --adopt-volume";

    /** Begins the ids that are known to no more than one process, and to nobody once it has ended. */
    private static final String MEMORY = "memory-";

    /** So many ready carts are looked for on a volume that has no mark yet. */
    private static final int SAMPLE = 1000;

    private static final long LATELY = 1000;

    private final Path root;
    private final CartStore carts;
    private final VolumeStore store;
    private final InstantSource clock;

    /** When the volume was there last, in milliseconds since 1970. */
    private volatile long there = -LATELY - 1;

    /** The mark of the volume at this path, where the carts of this store ought to lie. */
    public VolumeMark(Path root, CartStore carts, InstantSource clock) {
        this.root = root;
        this.carts = carts;
        this.store = carts.volume();
        this.clock = clock;
    }

    /**
     * Looks whether the volume of the store's carts is there, and why not if it is not.
     *
     * @throws CartException.Unavailable if the store cannot tell which volume that is
     */
    public Optional<VolumeAway> look() {
        try {
            require();
            return Optional.empty();
        } catch (VolumeAway e) {
            return Optional.of(e);
        }
    }

    /**
     * Fails unless the volume of the store's carts is there now.
     *
     * @throws CartException.Unavailable if the store cannot tell which volume that is
     */
    void require() throws VolumeAway {
        // First the mark: where somebody adopts a volume meanwhile, this sees one that is not there yet at worst.
        Optional<String> mark = read();
        Optional<String> known = store.id();
        if (known.isEmpty()) {
            throw mark.isPresent() ? somebodyElses(mark.get()) : unknown();
        }
        if (!mark.equals(known)) {
            throw mark.isPresent() ? another(mark.get(), known.get()) : missing();
        }
        there = clock.millis();
    }

    /** Like {@link #require}, but is content with a look of the last second: for what is done for each file. */
    void requireLately() throws VolumeAway {
        long age = clock.millis() - there;
        if (age < 0 || age > LATELY) {
            require();
        }
    }

    /** What there is to say where the file system has not answered for long. */
    public VolumeAway hangs() {
        return new VolumeAway("the volume " + root + " does not answer", "look at its mount");
    }

    /** The id of the volume that the store's carts lie on, whether it is there or not; empty until one was marked. */
    public Optional<String> id() {
        return store.id();
    }

    private Optional<String> read() throws VolumeAway {
        try {
            return MarkFile.read(root);
        } catch (IOException e) {
            throw new VolumeAway(
                    "the volume " + root + " cannot be read: " + FailureText.of(e),
                    "mend that, the carts go on by themselves");
        }
    }

    private VolumeAway missing() {
        String what = Files.isDirectory(root)
                ? root + " is not the volume of this database, it has no mark"
                : "the volume " + root + " is not there";
        return new VolumeAway(what, "mount it; if it was made anew, or lost its mark: " + ADOPT);
    }

    private VolumeAway another(String mark, String known) {
        return new VolumeAway(
                root + " is not the volume of this database, its mark is " + mark + " instead of " + known,
                "check volume_path and peewee_url; to use this volume from now on: " + ADOPT);
    }

    private VolumeAway somebodyElses(String mark) {
        return new VolumeAway(
                root + " is the volume of another database, its mark is " + mark,
                "check volume_path and peewee_url; if that database is gone: " + ADOPT);
    }

    private VolumeAway unknown() {
        return new VolumeAway(
                root + " is not known to be the volume of this database",
                "mount the volume with its carts and run cartd dbsync; if they are lost: " + ADOPT);
    }

    /**
     * Marks the volume if the store knows none yet and this one is new, or evidently its own: then it is made if it is
     * not there. One that is marked for another store, or should have carts and has none of them, stays as it is.
     *
     * @param make whether the directory may be made
     * @throws IOException if the mark cannot be written
     */
    public void makeIfNew(boolean make) throws IOException {
        if (store.id().isPresent() || !(make || Files.isDirectory(root)) || !isNewOrOwn()) {
            return;
        }
        Files.createDirectories(root);
        store.record(known -> known.isPresent() ? Optional.empty() : Optional.of(write()));
    }

    /**
     * Makes this the volume of the store's carts from now on, whatever is or is not on it. Another store that had it
     * stops using it; another volume that this store had is not used any more.
     *
     * @throws IOException if the directory is not there, or the mark cannot be written
     */
    public void adopt() throws IOException {
        if (!Files.isDirectory(root)) {
            throw new NoSuchFileException(root + " is not a directory that is there: mount it, or make it first");
        }
        store.record(known -> Optional.of(write()));
    }

    /** Always a new id: whoever knew the volume under its old one must not take it for his. */
    private String write() throws IOException {
        String id = (store.lasts() ? "" : MEMORY) + UUID.randomUUID();
        FileOwner.inherit(Files.createDirectories(root.resolve(Volume.LINKS)));
        MarkFile.write(root, id);
        LOG.log(System.Logger.Level.INFO, "{0} is marked as the volume of these carts: {1}", root, id);
        return id;
    }

    private boolean isNewOrOwn() throws IOException {
        Optional<String> mark = read();
        if (mark.isEmpty()) {
            return hasNoneReady() || holdsOne();
        }
        boolean forgotten = !store.lasts() && mark.get().startsWith(MEMORY);
        return forgotten || isEmpty() || holdsOne();
    }

    private boolean hasNoneReady() {
        return ready().findAny().isEmpty();
    }

    private boolean holdsOne() {
        return ready().limit(SAMPLE).anyMatch(this::isThere);
    }

    private Stream<Cart> ready() {
        return carts.live().filter(cart -> cart.status() == CartStatus.READY);
    }

    private boolean isThere(Cart cart) {
        if (!Volume.canHold(cart) || !Volume.canName(cart.uid())) {
            return false;
        }
        Path directory = root.resolve(Long.toString(cart.id()));
        return Files.exists(directory.resolve(cart.uid()), LinkOption.NOFOLLOW_LINKS)
                || Files.exists(directory.resolve(cart.uid() + ".tar"), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Whether nothing is on the volume that could be a cart's: the mark may be left from a start that was cut short.
     */
    private boolean isEmpty() throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root, entry -> Volume.number(entry) > 0)) {
            return !entries.iterator().hasNext();
        }
    }
}
