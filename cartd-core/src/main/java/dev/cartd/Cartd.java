package dev.cartd;

import dev.cartd.bundle.Bundle;
import dev.cartd.bundle.BundleFormat;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.FailureText;
import dev.cartd.cart.HumanText;
import dev.cartd.cart.Stray;
import dev.cartd.download.Bundles;
import dev.cartd.download.DownloadPins;
import dev.cartd.local.LocalScheduler;
import dev.cartd.local.MemoryStore;
import dev.cartd.space.Space;
import dev.cartd.spi.Archive;
import dev.cartd.spi.AuditLog;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.Scheduler;
import dev.cartd.stage.CartWorker;
import dev.cartd.system.Timeline;
import dev.cartd.upkeep.Housekeeping;
import dev.cartd.upkeep.VolumeCheck;
import dev.cartd.volume.Volume;
import dev.cartd.volume.VolumeWatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A data cart: accepts lists of files, has the archive stage them, pulls them to a volume, verifies each by its hash,
 * and serves them as one tar, zip or bag. It works in its own threads from {@link CartdBuilder#start} or {@link #work}
 * until {@link #close}.
 *
 * <p>Safe for use by many threads.
 */
public final class Cartd implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Cartd.class.getName());
    private static final System.Logger AUDIT = System.getLogger(AuditLog.NAME);

    private static final int LOCAL_THREADS = 16;

    /** How often a request that is to be kept is accepted again because its cart is gone by then. */
    private static final int MOST_SUBMITS = 10;

    /** How often {@link #await} reads the cart, since another process may work on it. */
    private static final Duration POLL_PERIOD = Duration.ofSeconds(1);

    private final CartStore store;
    private final Optional<CartStore> ownStore;
    private final Scheduler scheduler;
    private final CartWorker worker;
    private final DownloadPins pins;
    private final Bundles bundles;
    private final CartDetails details;
    private final Space space;
    private final VolumeCheck check;
    private final Housekeeping housekeeping;
    private final Timeline timeline;
    private final VolumeWatch watch;
    private final VolumePresence presence;
    private final CartEnds ends;

    private volatile boolean working;

    Cartd(CartdBuilder from) {
        timeline = from.timeline();
        ends = new CartEnds(from.meter, from.listener, this::reload, timeline);
        ownStore = from.store == null ? Optional.of(new MemoryStore(timeline)) : Optional.empty();
        store = from.store == null ? ownStore.orElseThrow() : from.store;
        Volume volume = new Volume(from.volume, store, timeline);
        watch = new VolumeWatch(volume.mark(), from.marksVolume, from.settings.pause(), timeline);
        scheduler = from.scheduler == null ? new LocalScheduler(LOCAL_THREADS, timeline) : from.scheduler;
        presence = new VolumePresence(volume, watch, scheduler);
        space = new Space(volume, store.space(), from.space, timeline, from.meter::evicted);
        worker = new CartWorker(
                from.archive,
                from.named,
                store,
                volume,
                watch,
                space,
                this::wake,
                from.requestShares,
                timeline,
                from.settings,
                from.memory,
                ends::add);
        pins = new DownloadPins(store.space(), timeline, worker::wakeRoomQueue);
        bundles = new Bundles(store, volume, pins, from.zone, timeline);
        details = new CartDetails(store, bundles, timeline);
        check = new VolumeCheck(store, volume);
        housekeeping = new Housekeeping(store, check, watch, space, this::wake, from.keepDeleted, timeline);
        presence.begin(from.marksVolume, housekeeping::checkSoon);
    }

    /**
     * Begins to build a cartd for this archive and this volume. By default store and scheduler are in this process.
     *
     * @param archive stays open, and is closed by the program that gave it, after {@link #close}
     */
    public static CartdBuilder builder(Archive archive, Path volume) {
        return new CartdBuilder(archive, volume);
    }

    /**
     * Accepts a request: makes a cart, or joins the request to the newest live cart of its uid if that is equal and not
     * in error. The volume need not be there, unless the store has no volume yet.
     *
     * @return the new cart, or the cart that the request was joined to
     * @throws CartException.VolumeAway if the store has no volume yet and this volume is not there
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    public Cart submit(CartRequest request) {
        Cart cart = store.add(request, presence.highestNumber());
        if (cart.status().inWork()) {
            wake(cart.id());
        }
        return cart;
    }

    /**
     * Accepts a request like {@link #submit(CartRequest)}, and promises that the cart is not evicted for the time
     * {@code keep} from now on. An earlier promise that lasts longer stays. If this fails, the cart may have been made
     * without the promise.
     *
     * @throws CartException.VolumeAway if the store has no volume yet and this volume is not there
     * @throws CartException.Unavailable if the store cannot be reached in time, or the cart is deleted again and again
     *     meanwhile
     * @throws ArithmeticException if the end of the promise is too far away to be counted
     * @throws java.time.DateTimeException if the end of the promise is too far away for an {@link Instant}
     */
    public Cart submit(CartRequest request, Duration keep) {
        Instant until = timeline.instant().plus(keep);
        for (int tries = 0; tries < MOST_SUBMITS; tries++) {
            Cart cart = submit(request);
            if (store.space().keep(cart.id(), until, true)) {
                return cart;
            }
            // The cart was evicted or deleted after the request was joined to it.
        }
        throw new CartException.Unavailable(
                "The cart was deleted each time before it was certain to be kept: see who deletes it, and ask again");
    }

    /**
     * Fails unless the volume of the carts is there. To be called before a program changes something on the volume.
     *
     * @throws CartException.VolumeAway if the volume is not there; the message says what to do
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    public void requireVolume() {
        presence.require();
    }

    /**
     * Returns the newest live cart of this uid. Does not count as a use.
     *
     * @throws CartException.VolumeAway if the volume is not there
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    public Optional<Cart> status(String uid) {
        presence.requireSeen();
        return store.live(uid).stream().findFirst();
    }

    /** The message about this cart for people now, in one line; see {@link Cart#message}. Never fails. */
    public String message(Cart cart) {
        return cart.message(timeline.instant());
    }

    /** Returns what reads the details of carts. Never fails. */
    public CartDetails details() {
        return details;
    }

    /**
     * Returns the tar of the newest live cart of this uid. It reads no bytes of it yet; see {@link Bundle#open}.
     *
     * @param filename the name under which the client saves the tar, any text; empty for a name made from the time when
     *     the cart became ready
     * @throws CartException.NotFound if there is no live cart of this uid
     * @throws CartException.NotReady if the cart is still in work
     * @throws CartException.Failed if the cart is in error, or its files are found to be missing or damaged now
     * @throws CartException.VolumeAway if the volume is not there
     * @throws CartException.Unavailable if the store cannot be reached in time, the volume cannot be read, or there is
     *     no memory for the list of files now
     */
    public Bundle open(String uid, String filename) {
        return open(uid, filename, BundleFormat.TAR);
    }

    /**
     * Returns the newest live cart of this uid in this format, as {@link #open(String, String)} returns its tar. A zip
     * needs the CRC-32 of every file, which files that were pulled before there were zips do not have. The bag of a
     * cart with several types of hashes needs the SHA-256 of every file. What is missing the first call begins to
     * compute in the background, and until it is there the calls throw {@link CartException.NotReady}, whose message
     * says for how many files it is.
     *
     * @param filename the name under which the client saves it, any text; empty for a name made from the time when the
     *     cart became ready
     * @throws CartException.NotFound if there is no live cart of this uid
     * @throws CartException.NotReady if the cart is still in work, or a checksum of a file is missing
     * @throws CartException.NoSuchForm if the cart cannot be had in this format
     * @throws CartException.Failed if the cart is in error, or its files are found to be missing or damaged now
     * @throws CartException.VolumeAway if the volume is not there
     * @throws CartException.Unavailable if the store cannot be reached in time, the volume cannot be read, or there is
     *     no memory for the list of files now
     */
    public Bundle open(String uid, String filename, BundleFormat format) {
        Cart cart = status(uid).orElseThrow(CartException.NotFound::new);
        return switch (cart.status()) {
            case WAITING, STAGING, BUNDLING -> throw new CartException.NotReady();
            case ERROR -> throw new CartException.Failed(cart.reason());
            case READY -> bundles.of(cart, filename, format);
            case DELETED -> throw new IllegalStateException("a deleted cart is not live");
        };
    }

    /**
     * Returns one file of a live cart, which can be had as soon as it is staged. It reads no bytes yet; see {@link
     * Bundle#open}. The bundle's validator follows from the hash of the file.
     *
     * @param cart as {@link #status} returned it
     * @param file as {@link CartDetails#file} returned it
     * @throws CartException.NotReady if the file cannot be had yet
     * @throws CartException.NotFound if the file is in a tar that Pacifica Cartd made
     * @throws CartException.VolumeAway if the volume is not there
     * @throws CartException.Unavailable if the store cannot be reached in time, or there is no memory for the list of
     *     files now
     */
    public Bundle open(Cart cart, CartFile file) {
        presence.requireSeen();
        return bundles.file(cart, file);
    }

    /**
     * Deletes all live carts of this uid. Work on them stops, and their files are removed soon afterwards.
     *
     * @return whether there was a live cart of this uid
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    public boolean delete(String uid) {
        List<Long> deleted = store.delete(uid);
        deleted.forEach(this::wake);
        return !deleted.isEmpty();
    }

    /**
     * Returns all live carts, newest first, each as it is when the stream reads it. The stream is for one thread at a
     * time and need not be closed.
     *
     * @throws CartException.Unavailable if the store cannot be reached in time; the stream may throw it while it is
     *     read
     */
    public Stream<Cart> list() {
        return store.live();
    }

    /**
     * Deletes this cart, and no other cart of its uid. Does nothing if the cart is in work, is being downloaded, is
     * promised to be kept, or changed or was used after {@code cart} was read.
     *
     * @return whether the cart was deleted; its files are removed soon afterwards
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    public boolean purge(Cart cart) {
        boolean deleted = store.space().evict(cart.id(), cart.updated(), "purged");
        if (deleted) {
            audit(cart, "is purged");
            wake(cart.id());
        }
        return deleted;
    }

    /**
     * Repairs a cart that is ready or in error: hashes its files again, and pulls those that are missing or damaged.
     * The cart becomes ready again, or goes to error with a new reason; its good files stay in both cases. Returns when
     * the repair has begun.
     *
     * @return whether the repair has begun; false if the cart is in work, or changed its state or was claimed after
     *     {@code cart} was read
     * @throws IllegalArgumentException if {@code cart} is deleted
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    public boolean restage(Cart cart) {
        boolean restaged = !cart.status().inWork() && store.restage(cart);
        if (restaged) {
            audit(cart, "is repaired");
            wake(cart.id());
        }
        return restaged;
    }

    /**
     * Promises that this cart is not evicted for the time {@code keep} from now on. This replaces an earlier promise;
     * zero ends it.
     *
     * @return whether the cart is still live; if not, nothing is promised
     * @throws CartException.Unavailable if the store cannot be reached in time
     * @throws ArithmeticException if the end of the promise is too far away to be counted
     * @throws java.time.DateTimeException if the end of the promise is too far away for an {@link Instant}
     */
    public boolean keep(Cart cart, Duration keep) {
        Instant until = timeline.instant().plus(keep);
        boolean kept = store.space().keep(cart.id(), until, false);
        if (kept) {
            audit(cart, "is kept until " + HumanText.moment(until));
        }
        return kept;
    }

    private static void audit(Cart cart, String what) {
        AUDIT.log(System.Logger.Level.INFO, "cart {0} ({1}) {2}", Long.toString(cart.id()), cart.uid(), what);
    }

    /**
     * Returns carts that were deleted or evicted and that the store still keeps, the last one first. {@link
     * Cart#reason} says why a cart was evicted.
     *
     * @param most the most carts to return; 0 or more
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    public List<Cart> deleted(int most) {
        return store.deleted(most);
    }

    /** Returns the room on the volume: which carts use it, which wait for it, and which would be evicted next. */
    public Space space() {
        return space;
    }

    /**
     * Returns the strays: the numbered directories on the volume that belong to no cart, in the order of their numbers.
     *
     * @throws UncheckedIOException if the volume is not there or cannot be read
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    public List<Stray> strays() {
        try {
            return check.strays();
        } catch (IOException e) {
            throw new UncheckedIOException("the volume cannot be read: " + FailureText.of(e), e);
        }
    }

    /**
     * Deletes the stray directories that cartd made, with their contents. If this fails, some may have been deleted.
     *
     * @return the strays that were deleted
     * @throws UncheckedIOException if the volume is not there, or a directory cannot be read or deleted
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    public List<Stray> sweep() {
        try {
            return check.sweep(Instant.MAX);
        } catch (IOException e) {
            throw new UncheckedIOException("the volume cannot be swept: " + FailureText.of(e), e);
        }
    }

    /**
     * Evicts carts until their bytes are {@code bytes} together, or all carts that may be evicted if they have fewer.
     * Carts are evicted even if {@link dev.cartd.space.SpaceSettings#evict} is false. Their files are removed soon
     * afterwards. If this fails, some carts may have been evicted.
     *
     * @param bytes how many bytes to free; 1 or more
     * @param reason why, in one line, for the log and for the {@linkplain Cart#reason reason} of the deleted carts
     * @return the numbers of the carts that were evicted
     * @throws IllegalArgumentException if {@code bytes} is less than 1
     * @throws UncheckedIOException if the volume is not there or cannot be read
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    public List<Long> evict(long bytes, String reason) {
        if (bytes < 1) {
            throw new IllegalArgumentException("at least one byte is to be freed, not " + bytes);
        }
        List<Long> evicted = space.evict(bytes, reason);
        evicted.forEach(this::wake);
        return evicted;
    }

    /**
     * Returns this cart as it is now; empty if it was deleted. Does not count as a use.
     *
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    public Optional<Cart> reload(Cart cart) {
        return store.live(cart.id() + 1, 1).stream()
                .filter(found -> found.id() == cart.id())
                .findFirst();
    }

    /**
     * Waits until the newest live cart of this uid is ready or in error, but no longer than {@code timeout}. If another
     * process works on the cart, this returns up to a second late.
     *
     * @param timeout if it is zero or negative, this returns without waiting
     * @return the cart as it is then, perhaps still in work; empty if there is no live cart of this uid any more
     * @throws InterruptedException if the thread is interrupted while it waits
     * @throws CartException.VolumeAway if the volume is not there
     * @throws CartException.Unavailable if the store cannot be reached in time
     * @throws ArithmeticException if {@code timeout} is longer than 292 years
     */
    public Optional<Cart> await(String uid, Duration timeout) throws InterruptedException {
        long end = timeline.nanos() + timeout.toNanos();
        while (true) {
            long seen = ends.count();
            Optional<Cart> cart = status(uid);
            Duration left = Duration.ofNanos(end - timeline.nanos());
            if (cart.filter(now -> now.status().inWork()).isEmpty() || left.isNegative()) {
                return cart;
            }
            ends.await(seen, left.compareTo(POLL_PERIOD) < 0 ? left : POLL_PERIOD);
        }
    }

    /**
     * Returns the conditions of what carts need, as far as this process knows them now: {@code database} (the store)
     * and {@code volume}, and once the work has begun {@code engine}, {@code archive}, and {@code archive NAME} for
     * each other archive. Never waits, and sends no request: an archive that nobody needs now may be away without being
     * known to be.
     */
    public List<Condition> conditions() {
        Condition database = new Condition("database", store.away());
        Condition files = new Condition("volume", presence.away().or(worker::volumeFails));
        List<Condition> all = new ArrayList<>(List.of(database, files));
        if (working) {
            all.add(new Condition("engine", scheduler.away()));
            worker.archives().forEach(used -> all.add(new Condition(condition(used.name()), used.outage())));
        }
        return all;
    }

    private static String condition(String archive) {
        return archive.isEmpty() ? "archive" : "archive " + archive;
    }

    /**
     * How many requests the default archive can take at once, from all nodes together, as far as this process has
     * learned; 1 or more.
     */
    public int requestLimit() {
        return requestLimit("");
    }

    /**
     * How many requests the archive of this name can take at once, as {@link #requestLimit()} says it of the default
     * one.
     *
     * @throws IllegalArgumentException if no archive has this name
     */
    public int requestLimit(String archive) {
        return worker.archives().stream()
                .filter(used -> used.name().equals(archive))
                .mapToInt(used -> used.limit().current())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no archive has the name " + archive));
    }

    /**
     * How many requests each archive can take at once, as {@link #requestLimit(String)} says it, by the name of the
     * archive; that of the default one is empty, and it is the first.
     */
    public Map<String, Integer> requestLimits() {
        Map<String, Integer> limits = new LinkedHashMap<>();
        worker.archives().forEach(used -> limits.put(used.name(), used.limit().current()));
        return limits;
    }

    /**
     * Returns how many carts each node works on now, by the name of the node: an idle node is not among them, and one
     * that died a moment ago may be. Empty if the scheduler does not know, as the one of a single process.
     *
     * @throws CartException.Unavailable if that cannot be read
     */
    public Map<String, Integer> nodes() {
        return scheduler.running();
    }

    /**
     * Begins to work on carts, after {@link CartdBuilder#open}. To be called once, and not after {@link #close}.
     *
     * @throws IllegalStateException if the work has begun already
     */
    public void work() {
        presence.work();
        scheduler.start(worker);
        working = true;
        housekeeping.start();
        worker.checkArchives();
    }

    /**
     * Stops the work and waits a bounded time for running steps: with the default scheduler up to 31 seconds. Closes
     * the scheduler, also a given one, and everything that this {@code Cartd} made itself. The archive, the store and
     * the request shares that were given to the builder stay open; they may be closed when this has returned. To be
     * called once, by one thread.
     */
    @Override
    public void close() {
        watch.close();
        housekeeping.close();
        worker.close();
        scheduler.close();
        bundles.close();
        pins.close();
        ownStore.ifPresent(CartStore::close);
    }

    /**
     * A wake that fails is only logged: the change is stored already, and the scheduler finds the cart by itself later.
     */
    void wake(long cartId) {
        try {
            scheduler.wake(cartId);
        } catch (CartException.Unavailable e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "cart {0} is taken up later: {1}",
                    Long.toString(cartId),
                    FailureText.of(e));
        }
    }
}
