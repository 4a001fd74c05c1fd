package dev.cartd;

import dev.cartd.bundle.Bundle;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.FailureText;
import dev.cartd.cart.Stray;
import dev.cartd.download.Bundles;
import dev.cartd.download.DownloadPins;
import dev.cartd.local.LocalScheduler;
import dev.cartd.local.MemoryStore;
import dev.cartd.space.Space;
import dev.cartd.spi.Archive;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.Scheduler;
import dev.cartd.stage.CartWorker;
import dev.cartd.upkeep.Housekeeping;
import dev.cartd.upkeep.VolumeCheck;
import dev.cartd.volume.Volume;
import dev.cartd.volume.VolumeWatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A data cart: takes lists of files, has the archive stage them, pulls them to a volume, proves each by its hash, and
 * hands them out as one tar. Work begins when it is started and goes on in threads of its own until it is closed.
 *
 * <p>Safe for use by many threads.
 */
public final class Cartd implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Cartd.class.getName());
    private static final int LOCAL_THREADS = 16;

    /** How often the store is asked for what other processes did. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    public static final String NOT_READY = "The cart is not ready for download.";
    public static final String NO_CART = "The cart does not exist or has already been deleted";

    private final CartStore store;
    private final Optional<CartStore> ownStore;
    private final Scheduler scheduler;
    private final CartWorker worker;
    private final DownloadPins pins;
    private final Bundles bundles;
    private final Space space;
    private final VolumeCheck check;
    private final Housekeeping housekeeping;
    private final InstantSource clock;
    private final Volume volume;
    private final VolumeWatch watch;
    private final CartListener listener;
    private final Ends ends = new Ends();

    /** The highest number on the volume when it was first there; less than 0 until then. */
    private volatile long above = -1;

    Cartd(CartdBuilder from) {
        clock = from.clock;
        listener = from.listener;
        ownStore = from.store == null ? Optional.of(new MemoryStore(from.clock)) : Optional.empty();
        store = from.store == null ? ownStore.orElseThrow() : from.store;
        volume = new Volume(from.volume, store, from.clock);
        watch = new VolumeWatch(volume.mark(), from.marksVolume, from.clock);
        scheduler = from.scheduler == null ? new LocalScheduler(LOCAL_THREADS) : from.scheduler;
        space = new Space(volume, store.space(), from.space, from.clock);
        worker = new CartWorker(
                from.archive,
                store,
                volume,
                watch,
                space,
                this::wake,
                from.requestShares,
                from.clock,
                from.settings,
                from.memory,
                this::ended);
        pins = new DownloadPins(store.space(), from.clock, worker::wakeLine);
        bundles = new Bundles(store, volume, pins, from.zone);
        check = new VolumeCheck(store, volume);
        housekeeping = new Housekeeping(store, check, watch, space, this::wake, from.keepDeleted, from.clock);
        firstLook(from.marksVolume);
    }

    private void firstLook(boolean marks) {
        try {
            watch.first();
        } catch (IOException e) {
            throw new UncheckedIOException("the volume " + volume.root() + " cannot be used: " + FailureText.of(e), e);
        }
        seeNumbers();
        watch.onChange(() -> {
            if (followVolume()) {
                housekeeping.checkSoon();
            }
        });
        if (marks) {
            Volume.nameProblem()
                    .ifPresent(problem -> LOG.log(
                            System.Logger.Level.WARNING,
                            "carts with names beyond ASCII cannot be made or read: {0}",
                            problem));
            watch.start(); // It may only serve: then nobody else looks.
        }
    }

    /**
     * A node without its volume leaves the work to those that have it.
     *
     * @return whether it has it
     */
    private synchronized boolean followVolume() {
        boolean there = watch.gone().isEmpty();
        if (there) {
            seeNumbers();
            scheduler.resume();
        } else {
            scheduler.pause();
        }
        return there;
    }

    /** A cartd over this archive and this directory; store and engine live in this process unless others are given. */
    public static CartdBuilder builder(Archive archive, Path volume) {
        return new CartdBuilder(archive, volume);
    }

    /**
     * Accepts a request, or joins it to an equal cart that is there already.
     *
     * <p>A volume that is not there does not matter to this, but where the store does not know yet which one that is.
     *
     * @throws CartException.Unavailable if the store cannot answer now
     */
    public Cart submit(CartRequest request) {
        Cart cart = store.add(request, above());
        if (cart.status().inWork()) {
            wake(cart.id());
        }
        return cart;
    }

    /**
     * Like {@link #submit(CartRequest)}, and promises that the cart is not evicted for so long from now on; what was
     * promised before for longer stays.
     *
     * @throws CartException.Unavailable if the store cannot answer now
     */
    public Cart submit(CartRequest request, Duration keep) {
        Instant until = clock.instant().plus(keep);
        Cart cart = submit(request);
        while (!store.space().keep(cart.id(), until, true)) {
            cart = submit(request); // It was joined to one that went at that moment.
        }
        return cart;
    }

    /** A store that knows its volume has given all the numbers that are on it; another one has to look there first. */
    private long above() {
        if (above < 0 && volume.mark().id().isEmpty()) {
            requireVolume();
            seeNumbers();
        }
        return Math.max(0, above);
    }

    private void seeNumbers() {
        try {
            if (above < 0 && volume.mark().look().isEmpty()) {
                above = volume.highest();
            }
        } catch (UncheckedIOException | CartException.Unavailable e) {
            LOG.log(System.Logger.Level.DEBUG, "what is on the volume is seen later", e);
        }
    }

    /**
     * Fails unless the volume of the carts is there: for who is about to change something on it.
     *
     * @throws CartException.VolumeAway if it is not; the message says what to do
     * @throws CartException.Unavailable if the store cannot tell
     */
    public void requireVolume() {
        volume.mark().look().ifPresent(away -> {
            throw new CartException.VolumeAway(away.advice(), away);
        });
    }

    private void refuseWithoutVolume() {
        watch.gone().ifPresent(gone -> {
            throw new CartException.VolumeAway(gone.message(), gone.why());
        });
    }

    /**
     * The newest live cart of this uid. Does not count as a use.
     *
     * @throws CartException.Unavailable if the store cannot answer now, or the volume is not there
     */
    public Optional<Cart> status(String uid) {
        refuseWithoutVolume();
        return store.live(uid).stream().findFirst();
    }

    /** What people are told about this cart now, in one line; see {@link Cart#message}. */
    public String message(Cart cart) {
        return cart.message(clock.instant());
    }

    /**
     * Opens the tar of the newest live cart of this uid.
     *
     * @param filename the name that the client wants to save it under; empty for one made from when it became ready
     * @throws CartException.NotFound if there is no live cart of this uid
     * @throws CartException.NotReady if it is still in work
     * @throws CartException.Failed if it is in error, or now turned out to be
     */
    public Bundle open(String uid, String filename) {
        Cart cart = status(uid).orElseThrow(() -> new CartException.NotFound(NO_CART));
        return switch (cart.status()) {
            case WAITING, STAGING, BUNDLING -> throw new CartException.NotReady(NOT_READY);
            case ERROR -> throw new CartException.Failed(cart.reason());
            case READY -> bundles.of(cart, filename);
            case DELETED -> throw new IllegalStateException("a deleted cart is not live");
        };
    }

    /**
     * Deletes all live carts of this uid; their work stops and their files go soon after.
     *
     * @return whether there was one
     */
    public boolean delete(String uid) {
        List<Long> deleted = store.delete(uid);
        deleted.forEach(this::wake);
        return !deleted.isEmpty();
    }

    /** All live carts, newest first, read as the stream goes on. */
    public Stream<Cart> list() {
        return store.live();
    }

    /**
     * Deletes this very cart, not others of its uid, unless it is in work, is being downloaded, is to be kept, or
     * changed or was used since.
     *
     * @return whether it was deleted; its files go soon after
     */
    public boolean purge(Cart cart) {
        boolean deleted = store.space().evict(cart.id(), cart.updated(), "purged");
        if (deleted) {
            wake(cart.id());
        }
        return deleted;
    }

    /**
     * Repairs a cart that is ready or in error: what it has is hashed again, what is missing or damaged is pulled anew.
     * It is ready again in the end, or in error with a new reason; what is good stays in either case.
     *
     * @return whether it began; not if the cart is in work, or changed since
     */
    public boolean restage(Cart cart) {
        boolean restaged = !cart.status().inWork() && store.restage(cart);
        if (restaged) {
            wake(cart.id());
        }
        return restaged;
    }

    /**
     * Sets for how long from now on this very cart is not evicted, whatever was promised before; zero ends a promise.
     *
     * @return whether it is still there
     */
    public boolean keep(Cart cart, Duration keep) {
        return store.space().keep(cart.id(), clock.instant().plus(keep), false);
    }

    /** Carts that were deleted or evicted lately, the last first, and why: as long as they are remembered. */
    public List<Cart> deleted(int most) {
        return store.deleted(most);
    }

    /** The room on the volume: who takes it, who waits for it, and what goes next. */
    public Space space() {
        return space;
    }

    /** The numbered directories on the volume that belong to no cart. */
    public List<Stray> strays() {
        try {
            return check.strays();
        } catch (IOException e) {
            throw new UncheckedIOException("the volume cannot be read: " + FailureText.of(e), e);
        }
    }

    /**
     * Removes those of them that cartd made, whatever is in them.
     *
     * @return those that were removed
     */
    public List<Stray> sweep() {
        try {
            return check.sweep(Instant.MAX);
        } catch (IOException e) {
            throw new UncheckedIOException("the volume cannot be swept: " + FailureText.of(e), e);
        }
    }

    /**
     * Evicts carts that take so many bytes together, or all that may go if they take less; their files go soon after.
     *
     * @return the numbers of those that were evicted
     */
    public List<Long> evict(long bytes, String reason) {
        List<Long> evicted = space.free(bytes, reason);
        evicted.forEach(this::wake);
        return evicted;
    }

    /** This very cart as it is now; empty if it was deleted. */
    public Optional<Cart> reload(Cart cart) {
        return store.live(cart.id() + 1, 1).stream()
                .filter(found -> found.id() == cart.id())
                .findFirst();
    }

    /**
     * Waits until the newest cart with this uid is ready or in error, but no longer than {@code timeout}. An end that
     * another process brought about is seen within a second.
     *
     * @return the cart as it is then, perhaps still in work; empty if there is none, or it was deleted meanwhile
     * @throws InterruptedException if the thread was interrupted
     * @throws CartException.Unavailable if the store cannot be asked
     */
    public Optional<Cart> await(String uid, Duration timeout) throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        while (true) {
            long seen = ends.count();
            Optional<Cart> cart = status(uid);
            Duration left = Duration.ofNanos(end - System.nanoTime());
            if (cart.filter(now -> now.status().inWork()).isEmpty() || left.isNegative()) {
                return cart;
            }
            ends.await(seen, left.compareTo(LOOK) < 0 ? left : LOOK);
        }
    }

    private void ended(Cart cart) {
        ends.add();
        try {
            reload(cart).ifPresent(listener::ended);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "a listener failed for cart " + cart.id(), e);
        }
    }

    /** Begins to work, if it was only opened; to be called once. */
    public void work() {
        followVolume();
        watch.start();
        scheduler.start(worker);
        housekeeping.start();
        worker.checkArchive();
    }

    /** Stops the work, waits a bounded time for it, and closes what this facade opened for itself. */
    @Override
    public void close() {
        watch.close();
        housekeeping.close();
        worker.close();
        scheduler.close();
        pins.close();
        ownStore.ifPresent(CartStore::close);
    }

    /** What was stored is not undone because nobody could be woken for it: the scheduler's sweep finds it. */
    private void wake(long cartId) {
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
