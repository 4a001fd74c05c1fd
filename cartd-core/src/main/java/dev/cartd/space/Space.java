package dev.cartd.space;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.HumanText;
import dev.cartd.spi.AuditLog;
import dev.cartd.spi.SpaceStore;
import dev.cartd.spi.SpaceStore.Books;
import dev.cartd.spi.SpaceStore.Waiting;
import dev.cartd.volume.Volume;
import dev.cartd.volume.VolumeNotThere;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;

/**
 * The room on the volume: reserves room for carts in work, queues carts if there is not enough, and evicts carts to
 * make room. Safe for use by many threads, and by many nodes if they share a store.
 *
 * <p>Every method but {@link #patience} and {@link #isShortOf} reads the store, and throws {@link
 * dev.cartd.cart.CartException.Unavailable} if it does not answer.
 */
public final class Space {
    private static final System.Logger AUDIT = System.getLogger(AuditLog.NAME);

    private final Volume volume;
    private final SpaceStore store;
    private final SpaceSettings settings;
    private final InstantSource clock;
    private final LongConsumer onEviction;

    /** Manages the room on this volume. */
    public Space(Volume volume, SpaceStore store, SpaceSettings settings, InstantSource clock) {
        this(volume, store, settings, clock, bytes -> {});
    }

    /**
     * Manages the room on this volume.
     *
     * @param onEviction called for each cart that is evicted, with the bytes that become free by that
     */
    public Space(
            Volume volume, SpaceStore store, SpaceSettings settings, InstantSource clock, LongConsumer onEviction) {
        this.onEviction = onEviction;
        this.volume = volume;
        this.store = store;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Reserves room for a claimed cart and records its changes, or puts the cart into the queue. For the first cart in
     * the queue this evicts other carts, but only if that frees enough: otherwise no cart is evicted.
     *
     * @param files the files that changed, see {@link SpaceStore#reserve}
     * @param bytes the bytes that the cart needs in all, including those that it has on the volume already
     * @param waited the working time for which the cart has waited for room
     * @throws UncheckedIOException if the volume is not there or cannot be read
     */
    public RoomAnswer reserve(Cart claim, List<CartFile> files, long bytes, Duration waited) {
        require(volume::requireRecently);
        String why = "Waits for room: it needs " + HumanText.size(bytes);
        AtomicReference<Books> seen = new AtomicReference<>();
        SpaceStore.ReserveResult result =
                store.reserve(claim, files, bytes, settings.size().isPresent(), books -> {
                    seen.set(books);
                    long writable = settings.writable(volume.freeSoon(), books.used());
                    return RoomQueue.decide(books, claim.id(), bytes, writable, why);
                });
        return switch (result) {
            case RESERVED -> RoomAnswer.RESERVED;
            case LOST -> RoomAnswer.LOST;
            case WAITS -> waits(claim, bytes, waited, Objects.requireNonNull(seen.get()));
        };
    }

    private RoomAnswer waits(Cart claim, long bytes, Duration waited, Books books) {
        boolean known = books.queue().stream().anyMatch(waiting -> waiting.cart() == claim.id());
        boolean first = books.queue().isEmpty() || books.queue().get(0).cart() == claim.id();
        boolean tooLong = waited.compareTo(settings.patience()) >= 0;
        if (known && !first && !tooLong) {
            return RoomAnswer.waits(List.of()); // Only the first in the queue reads all carts: that is expensive.
        }
        SpaceSnapshot snapshot = snapshot();
        Optional<String> never = snapshot.never(claim.id(), bytes);
        if (never.isPresent()) {
            return RoomAnswer.never(never.get());
        }
        if (tooLong) {
            return RoomAnswer.never(snapshot.tooLong(bytes));
        }
        String reason = "cart " + claim.id() + " (" + claim.uid() + ") needs " + HumanText.size(bytes);
        return RoomAnswer.waits(
                first ? evict(victims(snapshot, snapshot.missing(claim.id(), bytes)), reason) : List.of());
    }

    /** The longest time that a cart waits for room. */
    public Duration patience() {
        return settings.patience();
    }

    /**
     * Whether the volume has fewer than {@code bytes} bytes free now, whatever was reserved: other programs may have
     * filled it. False if the free space cannot be read.
     */
    public boolean isShortOf(long bytes) {
        try {
            return volume.free() - settings.keepFree() < bytes;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /**
     * Gives back the room that was reserved for a claimed cart and is not there, because other programs filled the
     * volume. The cart has to reserve room again, and waits for its turn.
     */
    public void giveBack(Cart claim) {
        store.giveBack(claim);
    }

    /**
     * The carts that can be evicted, in the order of eviction.
     *
     * @throws UncheckedIOException if the volume is not there or cannot be read
     */
    public List<EvictionCandidate> next() {
        return next(snapshot());
    }

    /** The carts of a {@link #snapshot} that could be evicted at its moment, in the order of eviction. */
    public List<EvictionCandidate> next(SpaceSnapshot snapshot) {
        return EvictionChoice.inOrder(settings.policy(), snapshot.candidates());
    }

    /** The carts that wait for room, first come first. */
    public List<Waiting> waiting() {
        return store.waiting();
    }

    /** The pins that protect carts from eviction while they are downloaded. */
    public List<SpaceStore.Pin> pins() {
        return store.pins();
    }

    /**
     * Evicts carts until at least {@code bytes} bytes become free, or all carts that can be evicted if that is not
     * enough. Also evicts if {@link SpaceSettings#evict} is false, which only turns off evictions by cartd itself.
     *
     * @param reason why, for the log and as the reason of the deleted carts
     * @return the numbers of the deleted carts; the caller has their files removed
     * @throws UncheckedIOException if the volume is not there or cannot be read
     */
    public List<Long> evict(long bytes, String reason) {
        return evict(snapshot(settings.withEvict(true)), bytes, reason);
    }

    private List<Long> evict(SpaceSnapshot snapshot, long bytes, String reason) {
        List<EvictionCandidate> enough =
                EvictionChoice.freeing(settings.policy(), snapshot.candidates(), snapshot.shared(), bytes);
        return evict(
                enough.isEmpty()
                        ? EvictionChoice.all(settings.policy(), snapshot.candidates(), snapshot.shared())
                        : enough,
                reason);
    }

    /**
     * If the volume is filled above the high mark, evicts carts down to the low mark, or all that can be evicted.
     *
     * @return the numbers of the deleted carts; the caller has their files removed
     * @throws UncheckedIOException if the volume is not there or cannot be read
     */
    public List<Long> keepBelowHighWater() {
        if (settings.highWater().isEmpty()) {
            return List.of();
        }
        SpaceSnapshot snapshot = snapshot();
        long filled = snapshot.filled();
        long high = snapshot.percent(settings.highWater().get());
        long low =
                snapshot.percent(settings.lowWater().orElse(settings.highWater().get()));
        return filled <= high
                ? List.of()
                : evict(
                        snapshot,
                        filled - low,
                        "the volume is filled above " + settings.highWater().get() + " per cent");
    }

    /**
     * The numbers of the waiting carts to wake when room becomes free: the first in the queue, and the next few, which
     * might overtake it.
     */
    public List<Long> toWake() {
        return store.waiting().stream()
                .limit(1 + RoomQueue.MOST)
                .map(Waiting::cart)
                .toList();
    }

    private List<EvictionCandidate> victims(SpaceSnapshot snapshot, long missing) {
        return missing <= 0
                ? List.of()
                : EvictionChoice.freeing(settings.policy(), snapshot.candidates(), snapshot.shared(), missing);
    }

    private List<Long> evict(List<EvictionCandidate> victims, String reason) {
        if (!victims.isEmpty()) {
            require(volume::requireThere);
        }
        List<Long> evicted = new ArrayList<>();
        for (EvictionCandidate victim : victims) {
            if (store.evict(victim.cart(), victim.used(), "evicted: " + reason)) {
                evicted.add(victim.cart());
                onEviction.accept(victim.bytes());
                AUDIT.log(
                        System.Logger.Level.INFO,
                        "cart {0} ({1}) is evicted: {2}; it took {3} and was last used at {4}",
                        Long.toString(victim.cart()),
                        victim.uid(),
                        reason,
                        HumanText.size(victim.bytes()),
                        HumanText.moment(victim.used()));
            }
        }
        return evicted;
    }

    /**
     * The volume and its carts as they are now.
     *
     * @throws UncheckedIOException if the volume is not there or cannot be read
     */
    public SpaceSnapshot snapshot() {
        return snapshot(settings);
    }

    private SpaceSnapshot snapshot(SpaceSettings by) {
        // Reads the volume after the store: a cart that is removed in between counts as free twice, instead of not at
        // all, so that too few carts are evicted rather than too many.
        List<SpaceStore.Holder> holders = store.holders();
        List<SpaceStore.Shared> shared = store.shared();
        long total = volume.total();
        long free = volume.free();
        require(volume::requireThere); // If it is not there, these are the numbers of another file system.
        return new SpaceSnapshot(total, free, holders, shared, by, clock.instant());
    }

    private interface Requirement {
        void run() throws VolumeNotThere;
    }

    private static void require(Requirement requirement) {
        try {
            requirement.run();
        } catch (VolumeNotThere e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }
}
