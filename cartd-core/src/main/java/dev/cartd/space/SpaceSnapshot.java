package dev.cartd.space;

import dev.cartd.cart.CartStatus;
import dev.cartd.cart.HumanText;
import dev.cartd.spi.SpaceStore.Holder;
import dev.cartd.spi.SpaceStore.Shared;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * The room on the volume and the carts that use it, at one moment. All numbers are bytes. Immutable, if the lists are.
 *
 * @param total the size of the file system
 * @param free the bytes that may still be written to the file system
 * @param holders every cart that takes room or has room reserved
 * @param shared the bytes that several carts share through hard links
 * @param settings the settings by which the room is managed
 * @param now the moment
 */
public record SpaceSnapshot(
        long total, long free, List<Holder> holders, List<Shared> shared, SpaceSettings settings, Instant now) {
    /**
     * How long after its deletion a cart's bytes count as about to become free. If the files are still there then,
     * something prevents their removal, and the bytes count as used again.
     */
    private static final Duration REMOVAL = Duration.ofMinutes(1);

    /**
     * The largest number of bytes that carts could take: the file system less {@link SpaceSettings#keepFree}, or {@link
     * SpaceSettings#size} if that is less.
     */
    public long size() {
        long most = Math.max(0, total - settings.keepFree());
        return settings.size().map(size -> Math.min(size, most)).orElse(most);
    }

    /** The bytes that carts take, as far as the store has them recorded. */
    public long used() {
        return sum(cart -> true, Holder::bytes) + unowned();
    }

    private long unowned() {
        return shared.stream().mapToLong(Shared::unowned).sum();
    }

    /** The bytes that carts in work have reserved and not filled yet. */
    public long promised() {
        return sum(cart -> cart.status().inWork(), SpaceSnapshot::unfilled);
    }

    private static long unfilled(Holder cart) {
        return Math.max(0, cart.reserved() - cart.bytes());
    }

    /** The bytes that carts can still reserve without an eviction. */
    public long left() {
        return Math.max(0, writable() - promised());
    }

    private long writable() {
        return settings.writable(free, used());
    }

    /**
     * The bytes that other programs have on the file system. All that a cart in work has reserved counts as taken by
     * the cart, because its progress is recorded late; so the result may be too low.
     */
    public long foreign() {
        long ours = sum(cart -> true, cart -> Math.max(cart.bytes(), cart.reserved())) + unowned();
        return Math.max(0, total - free - ours);
    }

    /**
     * How much of {@link #size} is filled or reserved: with {@link SpaceSettings#size} present by carts, otherwise by
     * any program. Carts that were deleted in the last minute do not count.
     */
    public long filled() {
        long onDisk = settings.size().isPresent() ? used() : total - free;
        return onDisk + promised() - beingRemoved();
    }

    long percent(int share) {
        return size() / 100 * share;
    }

    /** The bytes of carts that were deleted in the last minute: they become free soon. */
    long beingRemoved() {
        return sum(cart -> cart.status() == CartStatus.DELETED && isWithin(REMOVAL, cart.used()), Holder::bytes);
    }

    /** The ready carts and those in error, each with the reason why it cannot be evicted, if there is one. */
    public List<EvictionCandidate> candidates() {
        Map<String, Long> newest = new HashMap<>();
        holders.stream()
                .filter(cart -> cart.status() == CartStatus.READY)
                .forEach(cart -> newest.merge(cart.uid(), cart.cart(), Math::max));
        Map<Long, Long> owned = new HashMap<>();
        shared.forEach(some -> owned.merge(some.owner(), some.bytes(), Long::sum));
        return holders.stream()
                .filter(SpaceSnapshot::isCandidate)
                .map(cart -> new EvictionCandidate(
                        cart.cart(),
                        cart.uid(),
                        Math.max(0, cart.bytes() - owned.getOrDefault(cart.cart(), 0L)),
                        cart.used(),
                        newest.getOrDefault(cart.uid(), 0L) > cart.cart(),
                        spared(cart)))
                .toList();
    }

    /**
     * The bytes that become free if all these carts are evicted: those that each uses alone, and those that they share
     * with no other cart.
     *
     * @param carts the numbers of the carts
     */
    public long freedBy(Set<Long> carts) {
        long alone = candidates().stream()
                .filter(candidate -> carts.contains(candidate.cart()))
                .mapToLong(EvictionCandidate::bytes)
                .sum();
        return alone
                + shared.stream()
                        .filter(some -> carts.containsAll(some.carts()))
                        .mapToLong(Shared::bytes)
                        .sum();
    }

    private static boolean isCandidate(Holder cart) {
        return cart.status() == CartStatus.READY || cart.status() == CartStatus.ERROR;
    }

    private String spared(Holder cart) {
        return protection(cart).orElseGet(() -> cart.pinned().isPresent() ? "is being downloaded" : "");
    }

    /** Why the cart cannot be evicted now, downloads aside; empty if it can. */
    private Optional<String> protection(Holder cart) {
        if (!settings.evict()) {
            return Optional.of("lru_purge is off");
        }
        if (cart.kept().filter(now::isBefore).isPresent()) {
            return Optional.of("is kept until " + HumanText.moment(cart.kept().get()));
        }
        return isWithin(settings.safe(), cart.used())
                ? Optional.of("was used in the last " + HumanText.duration(settings.safe()))
                : Optional.empty();
    }

    /**
     * Whether a moment is less than this time ago. One that is yet to come was before the clock was set back: it counts
     * as if it were as long ago, so that it ends.
     */
    private boolean isWithin(Duration time, Instant moment) {
        return Duration.between(moment, now).abs().compareTo(time) < 0;
    }

    /**
     * The bytes that must become free by eviction so that a cart gets {@code bytes} in all; 0 or negative if the carts
     * that are being removed already suffice.
     */
    long missing(long cartId, long bytes) {
        long own = sum(cart -> cart.cart() == cartId, Holder::bytes);
        long promisedToIt = sum(cart -> cart.cart() == cartId, SpaceSnapshot::unfilled);
        return bytes - own - (writable() - promised() + promisedToIt) - beingRemoved();
    }

    /**
     * Why a cart can never get {@code bytes} bytes, in one line for people; empty if it can once other carts are
     * finished. Bytes of other programs do not count, since those may be removed at any time.
     */
    Optional<String> never(long cartId, long bytes) {
        if (bytes > size()) {
            return Optional.of(tooSmall(bytes));
        }
        // Without eviction the carts in work keep their room too, once they are ready.
        long stuck = sum(
                cart -> cart.cart() != cartId
                        && (isCandidate(cart) ? protection(cart).isPresent() : !settings.evict() && !isDeleted(cart)),
                cart -> Math.max(cart.bytes(), cart.reserved()));
        return bytes > size() - stuck
                ? Optional.of(
                        tooSmall(bytes) + ", " + HumanText.size(stuck) + " of it in carts that may not be evicted")
                : Optional.empty();
    }

    /** The reason of a cart that waited too long for room. */
    String tooLong(long bytes) {
        boolean inTheWay = bytes > total - settings.keepFree() - foreign();
        String others = inTheWay ? ", " + HumanText.size(foreign()) + " of it taken by other programs" : "";
        return tooSmall(bytes) + others + ", and none became free in " + HumanText.duration(settings.patience());
    }

    private String tooSmall(long bytes) {
        return "No Space Available: cart needs " + HumanText.size(bytes) + ", the volume has " + HumanText.size(size())
                + " in all";
    }

    private static boolean isDeleted(Holder cart) {
        return cart.status() == CartStatus.DELETED;
    }

    private long sum(Predicate<Holder> which, ToLongFunction<Holder> what) {
        return holders.stream().filter(which).mapToLong(what).sum();
    }
}
