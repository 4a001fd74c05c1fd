package dev.cartd.store;

import java.time.Duration;

/**
 * How the engine works.
 *
 * @param parallelCarts how many carts are in work at once in this process; 1 or more
 * @param heartbeat how often a process tells that it is alive: one that missed four is taken for dead, and its carts go
 *     on elsewhere; a tenth of a second or more
 */
public record EngineConfig(int parallelCarts, Duration heartbeat) {
    /**
     * Checks all of it.
     *
     * @throws IllegalArgumentException if a value cannot be right; the message says what is allowed
     */
    public EngineConfig {
        if (parallelCarts < 1) {
            throw new IllegalArgumentException("parallel_carts must be 1 or more");
        }
        if (heartbeat.toMillis() < 100) {
            throw new IllegalArgumentException("heartbeat must be a tenth of a second or more");
        }
    }
}
