package dev.cartd.space;

import java.time.Duration;
import java.util.Optional;

/**
 * How much of the volume carts may take, and what goes when it is short.
 *
 * @param size the most bytes that all carts together may take; empty for as many as the file system has
 * @param keepFree the bytes of the file system that are never used; not negative
 * @param evict whether carts are evicted when room is short
 * @param safe how long after its last use a cart is safe from eviction
 * @param highWater the per cent of the volume above which carts are evicted in the background, 1 to 100; empty for none
 * @param lowWater the per cent down to which they are, at most {@code highWater}
 * @param patience how long a cart waits for room that others may give back
 * @param policy which cart goes first
 */
public record SpaceSettings(
        Optional<Long> size,
        long keepFree,
        boolean evict,
        Duration safe,
        Optional<Integer> highWater,
        Optional<Integer> lowWater,
        Duration patience,
        SpacePolicy policy) {
    /** What suits most: all of the volume, least recently used first, an hour in the line. */
    public static final SpaceSettings DEFAULT = new SpaceSettings(
            Optional.empty(),
            0,
            true,
            Duration.ZERO,
            Optional.empty(),
            Optional.empty(),
            Duration.ofHours(1),
            SpacePolicy.LRU);

    /** Refuses what cannot be. */
    public SpaceSettings {
        if (size.filter(bytes -> bytes < 0).isPresent() || keepFree < 0) {
            throw new IllegalArgumentException("size and keepFree must not be negative");
        }
        if (lowWater.isPresent()
                && highWater.filter(high -> high >= lowWater.get()).isEmpty()) {
            throw new IllegalArgumentException("lowWater must be at most highWater");
        }
    }

    /** These settings with another {@code size}. */
    public SpaceSettings withSize(long bytes) {
        return new SpaceSettings(Optional.of(bytes), keepFree, evict, safe, highWater, lowWater, patience, policy);
    }

    /** These settings with another {@code evict}. */
    public SpaceSettings withEvict(boolean other) {
        return new SpaceSettings(size, keepFree, other, safe, highWater, lowWater, patience, policy);
    }

    /** These settings with another {@code policy}. */
    public SpaceSettings withPolicy(SpacePolicy other) {
        return new SpaceSettings(size, keepFree, evict, safe, highWater, lowWater, patience, other);
    }
}
