package dev.cartd.space;

import java.time.Duration;
import java.util.Optional;

/**
 * How much of the volume carts may take, and which carts are evicted when room is short. Immutable.
 *
 * @param size the largest number of bytes that all carts together may take, at least 0; empty for all that the file
 *     system has
 * @param keepFree the bytes of the file system that carts never use; at least 0
 * @param evict whether cartd evicts carts when room is short
 * @param safe how long after its last use a cart cannot be evicted; zero for no such time
 * @param highWater the percentage of the room above which carts are evicted in the background, 1 to 100; empty to evict
 *     only when a cart needs room
 * @param lowWater the percentage at which that eviction ends, at most {@code highWater}; empty for {@code highWater}
 * @param patience the longest time that a cart waits for room
 * @param policy the order in which carts are evicted
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
    /**
     * The defaults: carts may take the whole volume, the least recently used cart is evicted first and at any time, no
     * eviction in the background, and a cart waits up to an hour for room.
     */
    public static final SpaceSettings DEFAULT = new SpaceSettings(
            Optional.empty(),
            0,
            true,
            Duration.ZERO,
            Optional.empty(),
            Optional.empty(),
            Duration.ofHours(1),
            SpacePolicy.LRU);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if {@code size} or {@code keepFree} is negative, {@code highWater} is not 1
     *     to 100, or {@code lowWater} is present and {@code highWater} is absent or lower
     */
    public SpaceSettings {
        if (size.filter(bytes -> bytes < 0).isPresent() || keepFree < 0) {
            throw new IllegalArgumentException("size and keepFree must not be negative");
        }
        if (highWater.filter(high -> high < 1 || high > 100).isPresent()) {
            throw new IllegalArgumentException("highWater must be 1 to 100");
        }
        if (lowWater.isPresent()
                && highWater.filter(high -> high >= lowWater.get()).isEmpty()) {
            throw new IllegalArgumentException("lowWater must be at most highWater");
        }
    }

    /**
     * These settings with another {@code size}.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public SpaceSettings withSize(long bytes) {
        return new SpaceSettings(Optional.of(bytes), keepFree, evict, safe, highWater, lowWater, patience, policy);
    }

    /** These settings with another {@code evict}. */
    public SpaceSettings withEvict(boolean other) {
        return new SpaceSettings(size, keepFree, other, safe, highWater, lowWater, patience, policy);
    }

    /**
     * The bytes that carts may still write, those reserved for carts included; may be negative.
     *
     * @param free the bytes that may still be written to the file system
     * @param used the bytes that carts take; only counts if {@code size} is present
     */
    long writable(long free, long used) {
        long onDisk = free - keepFree;
        return size.map(most -> Math.min(onDisk, most - used)).orElse(onDisk);
    }

    /** These settings with another {@code policy}. */
    public SpaceSettings withPolicy(SpacePolicy other) {
        return new SpaceSettings(size, keepFree, evict, safe, highWater, lowWater, patience, other);
    }
}
