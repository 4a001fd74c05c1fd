package dev.cartd.pull;

import java.time.Duration;

/**
 * How patient and how greedy staging is.
 *
 * @param maxRequests the most requests to the archive at once, from all nodes together; 1 or more
 * @param retries how many refusals or damaged pulls of one file are borne before the cart fails; 1 or more
 * @param patience how long an archive that cannot be reached is waited for
 * @param tapePatience how long a file on tape is waited for
 * @param buffer the size of the buffer of one pull, in bytes; 1 or more
 * @param share whether what another cart has, or is pulling, is not pulled again
 * @param slice how long a step takes up new files before it goes behind the others
 * @param pause the first pause before something is tried again; it doubles from one try to the next
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
    /** What suits most. */
    public static final StageSettings DEFAULT = new StageSettings(
            8,
            5,
            Duration.ofMinutes(30),
            Duration.ofDays(2),
            4 << 20,
            true,
            Duration.ofSeconds(5),
            Duration.ofSeconds(1));

    /** Refuses what cannot work. */
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

    /** The pause before try {@code tries + 1}, without jitter. */
    Duration pauseAfter(int tries) {
        return pause.multipliedBy(1L << Math.min(Math.max(tries, 1) - 1, 5));
    }
}
