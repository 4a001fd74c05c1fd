package dev.cartd.store;

import java.time.Duration;

/**
 * The settings of the {@linkplain Database#scheduler engine} and of the {@linkplain Database#requestShares shares}.
 *
 * @param parallelCarts the number of carts that this process works on at the same time; 1 or more
 * @param heartbeat the interval between two heartbeats of this process: after four missed ones other processes take it
 *     for dead and continue its carts; 100 ms or more
 */
public record EngineConfig(int parallelCarts, Duration heartbeat) {
    /**
     * Checks both values.
     *
     * @throws IllegalArgumentException if a value is out of range; the message says what is allowed
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
