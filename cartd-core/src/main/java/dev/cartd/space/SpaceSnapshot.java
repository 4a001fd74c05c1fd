package dev.cartd.space;

import dev.cartd.cart.CartStatus;
import dev.cartd.cart.HumanText;
import dev.cartd.spi.SpaceStore.Held;
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
 * The volume and all that takes room on it, at one moment.
 *
 * @param total the size of the file system in bytes
 * @param free what may still be written to it
 * @param held every cart that takes room or was promised some
 * @param shared what several of them share
 */
public record SpaceSnapshot(
        long total, long free, List<Held> held, List<Shared> shared, SpaceSettings settings, Instant now) {
    /**
     * For so long after a cart was deleted its files are taken for going; if they are still there, something holds
     * them.
     */
    private static final Duration GOING = Duration.ofMinutes(1);

    /** All that carts could take if there were nothing else: the file system or the quota, less what is kept free. */
    public long size() {
        long most = Math.max(0, total - settings.keepFree());
        return settings.size().map(size -> Math.min(size, most)).orElse(most);
    }

    /** What carts take, as far as they have told. */
    public long used() {
        return sum(cart -> true, Held::bytes) + inherited();
    }

    private long inherited() {
        return shared.stream().mapToLong(Shared::inherited).sum();
    }

    /** What carts in work were promised and have not filled yet. */
    public long promised() {
        return sum(cart -> cart.status().inWork(), SpaceSnapshot::unfilled);
    }

    private static long unfilled(Held cart) {
        return Math.max(0, cart.reserved() - cart.bytes());
    }

    /** What may still be promised to carts, without evicting any. */
    public long left() {
        return Math.max(0, mayBeWritten() - promised());
    }

    private long mayBeWritten() {
        long onDisk = free - settings.keepFree();
        return settings.size().map(size -> Math.min(onDisk, size - used())).orElse(onDisk);
    }

    /**
     * What others have on the file system. What carts in work may have pulled and not told yet counts as theirs, so
     * that this is rather too little.
     */
    public long foreign() {
        long ours = sum(cart -> true, cart -> Math.max(cart.bytes(), cart.reserved())) + inherited();
        return Math.max(0, total - free - ours);
    }

    /**
     * How much of {@link #size} is filled, or promised: by carts where they have a quota, else by anybody. What was
     * deleted just now does not count.
     */
    public long filled() {
        long onDisk = settings.size().isPresent() ? used() : total - free;
        return onDisk + promised() - going();
    }

    long percent(int share) {
        return size() / 100 * share;
    }

    /** What is free soon, because its cart was deleted just now. */
    long going() {
        return sum(
                cart -> cart.status() == CartStatus.DELETED
                        && cart.used().plus(GOING).isAfter(now),
                Held::bytes);
    }

    /** The carts that are not in work, and why they have to stay if they do. */
    public List<EvictionCandidate> holdings() {
        Map<String, Long> newest = new HashMap<>();
        held.stream()
                .filter(cart -> cart.status() == CartStatus.READY)
                .forEach(cart -> newest.merge(cart.uid(), cart.cart(), Math::max));
        Map<Long, Long> owned = new HashMap<>();
        shared.forEach(some -> owned.merge(some.owner(), some.bytes(), Long::sum));
        return held.stream()
                .filter(SpaceSnapshot::mayEverGo)
                .map(cart -> new EvictionCandidate(
                        cart.cart(),
                        cart.uid(),
                        Math.max(0, cart.bytes() - owned.getOrDefault(cart.cart(), 0L)),
                        cart.used(),
                        newest.getOrDefault(cart.uid(), 0L) > cart.cart(),
                        spared(cart)))
                .toList();
    }

    /** What becomes free when these carts go: what each has for itself, and what they share with no other. */
    public long freedBy(Set<Long> carts) {
        long alone = holdings().stream()
                .filter(holding -> carts.contains(holding.cart()))
                .mapToLong(EvictionCandidate::bytes)
                .sum();
        return alone
                + shared.stream()
                        .filter(some -> carts.containsAll(some.carts()))
                        .mapToLong(Shared::bytes)
                        .sum();
    }

    private static boolean mayEverGo(Held cart) {
        return cart.status() == CartStatus.READY || cart.status() == CartStatus.ERROR;
    }

    private String spared(Held cart) {
        Optional<String> barred = barred(cart);
        return barred.orElseGet(() -> cart.pinned().isPresent() ? "is being downloaded" : "");
    }

    /**
     * Why it could not go now if nobody used it; empty if it could. What is safe only for a while counts as staying.
     */
    private Optional<String> barred(Held cart) {
        if (!settings.evict()) {
            return Optional.of("lru_purge is off");
        }
        if (cart.kept().filter(now::isBefore).isPresent()) {
            return Optional.of("is kept until " + HumanText.moment(cart.kept().get()));
        }
        return cart.used().plus(settings.safe()).isAfter(now)
                ? Optional.of("was used in the last " + HumanText.duration(settings.safe()))
                : Optional.empty();
    }

    /** How much has to go so that a cart gets so many bytes in all; none, or less, if what is going already does. */
    long missing(long cartId, long bytes) {
        long own = sum(cart -> cart.cart() == cartId, Held::bytes);
        long promisedToIt = sum(cart -> cart.cart() == cartId, SpaceSnapshot::unfilled);
        return bytes - own - (mayBeWritten() - promised() + promisedToIt) - going();
    }

    /**
     * Why a cart never gets so many bytes, in one line for people; empty if it could, once others are done. What other
     * programs have on the file system may go at any time.
     */
    Optional<String> never(long cartId, long bytes) {
        if (bytes > size()) {
            return Optional.of(tooSmall(bytes));
        }
        // Without evictions not even a cart in work gives back what it takes once it is ready.
        long stuck = sum(
                cart -> cart.cart() != cartId
                        && (mayEverGo(cart) ? barred(cart).isPresent() : !settings.evict() && !isDeleted(cart)),
                cart -> Math.max(cart.bytes(), cart.reserved()));
        return bytes > size() - stuck
                ? Optional.of(
                        tooSmall(bytes) + ", " + HumanText.size(stuck) + " of it in carts that may not be evicted")
                : Optional.empty();
    }

    /** That a cart has waited too long. */
    String tooLong(long bytes) {
        boolean inTheWay = bytes > total - settings.keepFree() - foreign();
        String others = inTheWay ? ", " + HumanText.size(foreign()) + " of it taken by other programs" : "";
        return tooSmall(bytes) + others + ", and none became free in " + HumanText.duration(settings.patience());
    }

    private String tooSmall(long bytes) {
        return "No Space Available: cart needs " + HumanText.size(bytes) + ", the volume has " + HumanText.size(size())
                + " in all";
    }

    private static boolean isDeleted(Held cart) {
        return cart.status() == CartStatus.DELETED;
    }

    private long sum(Predicate<Held> which, ToLongFunction<Held> what) {
        return held.stream().filter(which).mapToLong(what).sum();
    }
}
