package dev.cartd.archive.http;

import java.time.Duration;

/** What archives on other machines have in common: how long a request may wait, and how many there may be at once. */
public final class Limits {
    private static final Duration MAX_TIMEOUT = Duration.ofDays(1);

    private Limits() {}

    /**
     * Checks the settings of an archive.
     *
     * @param timeout how long a request may wait for the next byte; from a millisecond to a day
     * @param maxRequests the most requests at once; 1 or more
     * @throws IllegalArgumentException if a value is out of range
     */
    public static void check(Duration timeout, int maxRequests) {
        if (timeout.toMillis() < 1 || timeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException("the archive's timeout must be from a millisecond to a day");
        }
        if (maxRequests < 1) {
            throw new IllegalArgumentException("the archive's maximum of concurrent requests must be 1 or more");
        }
    }

    /** A duration such as {@code 60 s} or {@code 250 ms}. */
    public static String text(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }
}
