package dev.cartd.claim;

import java.time.Duration;

/**
 * The settings of staging.
 *
 * @param maxRequests the highest number of requests to the archive at once, from all nodes together; 1 or more
 * @param retries how many refusals or damaged pulls of one file make the cart fail; 1 or more
 * @param patience how long a cart waits for an archive that cannot be reached or a volume that cannot be used, in
 *     working time
 * @param tapePatience how long a cart waits for a file on tape, in working time
 * @param buffer the size of the buffer of one pull, in bytes; 1 or more
 * @param share whether a file that another cart has, or is pulling, is linked or copied from there
 * @param slice how long a step sends new requests before it lets the steps of other carts go first
 * @param pause the pause before the second try of a request, which doubles with each try, up to 32 times; also the
 *     shortest pause before a state that a cart waits for is checked again, the volume among them
 */
public record StageSettings(
        int maxRequests,
        int retries,
        Duration patience,
        Duration tapePatience,
        int buffer,
        boolean share,
        Duration slice,
        Duration pause) {
    /** The defaults. */
    public static final StageSettings DEFAULT = new StageSettings(
            8,
            5,
            Duration.ofMinutes(30),
            Duration.ofDays(2),
            4 << 20,
            true,
            Duration.ofSeconds(5),
            Duration.ofSeconds(1));

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if {@code maxRequests}, {@code retries} or {@code buffer} is less than 1
     */
    public StageSettings {
        if (maxRequests < 1 || retries < 1 || buffer < 1) {
            throw new IllegalArgumentException("maxRequests, retries and buffer must be 1 or more");
        }
    }

    /** These settings with another {@code maxRequests}. */
    public StageSettings withMaxRequests(int value) {
        return new StageSettings(value, retries, patience, tapePatience, buffer, share, slice, pause);
    }

    /** These settings with another {@code retries}. */
    public StageSettings withRetries(int value) {
        return new StageSettings(maxRequests, value, patience, tapePatience, buffer, share, slice, pause);
    }

    /** These settings with another {@code patience}. */
    public StageSettings withPatience(Duration value) {
        return new StageSettings(maxRequests, retries, value, tapePatience, buffer, share, slice, pause);
    }

    /** These settings with another {@code tapePatience}. */
    public StageSettings withTapePatience(Duration value) {
        return new StageSettings(maxRequests, retries, patience, value, buffer, share, slice, pause);
    }

    /** These settings with another {@code buffer}. */
    public StageSettings withBuffer(int value) {
        return new StageSettings(maxRequests, retries, patience, tapePatience, value, share, slice, pause);
    }

    /** These settings with another {@code share}. */
    public StageSettings withShare(boolean value) {
        return new StageSettings(maxRequests, retries, patience, tapePatience, buffer, value, slice, pause);
    }

    /** These settings with another {@code pause}. */
    public StageSettings withPause(Duration value) {
        return new StageSettings(maxRequests, retries, patience, tapePatience, buffer, share, slice, value);
    }

    /**
     * The pause before the next try after this many, without jitter: doubled with each try, at most 32 times as long.
     */
    public Duration pauseAfter(int tries) {
        return pause.multipliedBy(1L << Math.min(Math.max(tries, 1) - 1, 5));
    }
}
