package dev.cartd.space;

import dev.cartd.cart.Cart;
import dev.cartd.cart.HumanText;
import dev.cartd.spi.SpaceStore;
import dev.cartd.spi.SpaceStore.Books;
import dev.cartd.spi.SpaceStore.Waiting;
import dev.cartd.volume.Volume;
import dev.cartd.volume.VolumeAway;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The room on the volume: reserves it for carts in work, has them wait for it, and evicts what makes it. Safe for use
 * by many threads and, with a store that is, many nodes.
 */
public final class Space {
    private static final System.Logger LOG = System.getLogger(Space.class.getName());

    private final Volume volume;
    private final SpaceStore store;
    private final SpaceSettings settings;
    private final InstantSource clock;

    /** The room on this volume, by these books. */
    public Space(Volume volume, SpaceStore store, SpaceSettings settings, InstantSource clock) {
        this.volume = volume;
        this.store = store;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Reserves room for a claimed cart, or puts it into the line. Whoever is first there makes room by evicting others,
     * but only if that helps: if all that may go would not do, nobody goes.
     *
     * @param bytes what it needs in all, what it has on the volume already included
     * @param waited the working time for which it has waited for them
     * @throws UncheckedIOException if the volume is not there
     */
    public RoomAnswer reserve(Cart claim, long bytes, Duration waited) {
        requireThere();
        String why = "Waits for room: it needs " + HumanText.size(bytes);
        AtomicReference<Books> seen = new AtomicReference<>();
        SpaceStore.Answer answer = store.reserve(claim, bytes, books -> {
            seen.set(books);
            return RoomQueue.decide(books, claim.id(), bytes, free(books), why);
        });
        return switch (answer) {
            case RESERVED -> new RoomAnswer.Reserved();
            case LOST -> new RoomAnswer.Lost();
            case WAITS -> waits(claim, bytes, waited, Objects.requireNonNull(seen.get()));
        };
    }

    private RoomAnswer waits(Cart claim, long bytes, Duration waited, Books books) {
        boolean known = books.line().stream().anyMatch(waiting -> waiting.cart() == claim.id());
        boolean first = books.line().isEmpty() || books.line().get(0).cart() == claim.id();
        boolean tooLong = waited.compareTo(settings.patience()) >= 0;
        if (known && !first && !tooLong) {
            return new RoomAnswer.Waits(List.of()); // Its turn comes: only the first looks at all carts there are.
        }
        SpaceSnapshot stock = stock();
        Optional<String> never = stock.never(claim.id(), bytes);
        if (never.isPresent()) {
            return new RoomAnswer.Never(never.get());
        }
        if (tooLong) {
            return new RoomAnswer.Never(stock.tooLong(bytes));
        }
        String reason = "cart " + claim.id() + " (" + claim.uid() + ") needs " + HumanText.size(bytes);
        return new RoomAnswer.Waits(
                first ? evict(victims(stock, stock.missing(claim.id(), bytes)), reason) : List.of());
    }

    /** How long a cart waits for room that others may give back. */
    public Duration patience() {
        return settings.patience();
    }

    /**
     * Whether there are not so many bytes on the volume now, whatever was reserved: other programs may have filled it.
     * Not where that cannot be told.
     */
    public boolean isShortOf(long bytes) {
        try {
            return volume.free() - settings.keepFree() < bytes;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /**
     * Gives back what was reserved for a claimed cart, which finds the volume full all the same: it has to wait its
     * turn.
     */
    public void giveBack(Cart claim) {
        store.giveBack(claim);
    }

    /** What would be evicted next if room were short, in that order; what has to stay for now is not among it. */
    public List<EvictionCandidate> next() {
        return EvictionChoice.inOrder(settings.policy(), stock().holdings());
    }

    /** Who waits for room, first come first. */
    public List<Waiting> waiting() {
        return store.waiting();
    }

    /** The downloads that keep carts from being evicted now. */
    public List<SpaceStore.Pin> pins() {
        return store.pins();
    }

    /**
     * Evicts carts that have so many bytes together, or all that may go if they have less. Who asks for it need not
     * have allowed that carts are evicted when room is short.
     *
     * @param reason why, for the log and for who asks later where they went
     * @return the carts that were deleted, whose files have to go now
     */
    public List<Long> free(long bytes, String reason) {
        return free(stock(settings.withEvict(true)), bytes, reason);
    }

    private List<Long> free(SpaceSnapshot stock, long bytes, String reason) {
        List<EvictionCandidate> enough =
                EvictionChoice.freeing(settings.policy(), stock.holdings(), stock.shared(), bytes);
        return evict(
                enough.isEmpty() ? EvictionChoice.all(settings.policy(), stock.holdings(), stock.shared()) : enough,
                reason);
    }

    /**
     * Evicts, if the volume is filled above the high mark, down to the low one as far as that can be.
     *
     * @return the carts that were deleted, whose files have to go now
     */
    public List<Long> keepBelowHighWater() {
        if (settings.highWater().isEmpty()) {
            return List.of();
        }
        SpaceSnapshot stock = stock();
        long filled = stock.filled();
        long high = stock.percent(settings.highWater().get());
        long low = stock.percent(settings.lowWater().orElse(settings.highWater().get()));
        return filled <= high
                ? List.of()
                : free(
                        filled - low,
                        "the volume is filled above " + settings.highWater().get() + " per cent");
    }

    /**
     * Those in the line whom it makes sense to tell that room became free: the first, and some that might overtake
     * them.
     */
    public List<Long> line() {
        return store.waiting().stream()
                .limit(1 + RoomQueue.MOST)
                .map(Waiting::cart)
                .toList();
    }

    /** What may still be written, promised or not. */
    private long free(Books books) {
        long onDisk = volume.free() - settings.keepFree();
        return settings.size()
                .map(size -> Math.min(onDisk, size - books.used()))
                .orElse(onDisk);
    }

    private List<EvictionCandidate> victims(SpaceSnapshot stock, long missing) {
        return missing <= 0
                ? List.of()
                : EvictionChoice.freeing(settings.policy(), stock.holdings(), stock.shared(), missing);
    }

    private List<Long> evict(List<EvictionCandidate> victims, String reason) {
        if (!victims.isEmpty()) {
            requireThere();
        }
        List<Long> evicted = new ArrayList<>();
        for (EvictionCandidate victim : victims) {
            if (store.evict(victim.cart(), victim.used(), "evicted: " + reason)) {
                evicted.add(victim.cart());
                LOG.log(
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
     * @throws UncheckedIOException if the volume is not there
     */
    public SpaceSnapshot stock() {
        return stock(settings);
    }

    private SpaceSnapshot stock(SpaceSettings by) {
        // The volume last: what is removed meanwhile rather counts twice as free than not at all.
        List<SpaceStore.Held> held = store.held();
        List<SpaceStore.Shared> shared = store.shared();
        long total = volume.total();
        long free = volume.free();
        requireThere(); // Else this is the room of another file system.
        return new SpaceSnapshot(total, free, held, shared, by, clock.instant());
    }

    private void requireThere() {
        try {
            volume.requireThere();
        } catch (VolumeAway e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }
}
