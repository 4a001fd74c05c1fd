package dev.cartd.cart;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * A wait of a cart: for anything but work on the cart itself. Immutable, so safe for use by many threads.
 *
 * @param kind what the cart waits for
 * @param since when the wait began, in whole milliseconds
 * @param waited the working time of the wait so far; time in which no node worked on the cart is not counted
 * @param limit the working time after which the wait ends at the latest, usually because the cart fails; empty for no
 *     limit
 * @param detail a detail for people, in one line of at most 300 characters; empty for none
 */
public record Wait(Kind kind, Instant since, Duration waited, Optional<Duration> limit, String detail) {
    private static final int MAX_DETAIL = 300;

    /** What a cart can wait for. */
    public enum Kind {
        /** The archive brings files from tape. */
        TAPE("The archive has been bringing files from tape"),
        /** The archive cannot be reached. */
        ARCHIVE("The archive could not be reached"),
        /** The archive was asked for files, but sends nothing or next to nothing. */
        SLOW("The archive has been silent or very slow"),
        /** The archive refused a file or sent wrong bytes; the request is tried again a few times. */
        REFUSED("The archive has been failing for a file"),
        /** Another cart is pulling the same bytes. */
        OTHER_CART("Another cart has been pulling the same bytes"),
        /** The volume has no room for the cart; it is in the room queue. */
        ROOM("The volume has had no room for it"),
        /** Other carts use all the requests that the archive can take at once. */
        PERMITS("Requests of other carts have kept the archive busy"),
        /** Other carts in work use all the memory for lists of files, or the cart needs more than there is. */
        MEMORY("The server has had no memory for it"),
        /** Bytes that an earlier step left on the volume are read and hashed again. */
        HASHING("What was here before has been hashed again"),
        /** The volume cannot be used. */
        VOLUME("The volume could not be used"),
        /** No node works on the cart: none runs, all are busy, or none has the volume. */
        WORKER("No worker has had time for it"),
        /** Steps of the cart fail because of a defect of cartd. */
        DEFECT("Its steps have failed unexpectedly");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        /** The name of this kind in lower case. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The kind with this name in lower case; empty if there is no such kind. */
        public static Optional<Kind> of(String word) {
            return Arrays.stream(values())
                    .filter(kind -> kind.word().equals(word))
                    .findFirst();
        }
    }

    /** Truncates {@code since} to milliseconds, which every store can hold, and {@code detail} to one line. */
    public Wait {
        since = since.truncatedTo(ChronoUnit.MILLIS);
        detail = Text.line(detail, MAX_DETAIL);
    }

    /** A wait that begins now and has no limit. */
    public static Wait begins(Kind kind, Instant now, String detail) {
        return new Wait(kind, now, Duration.ZERO, Optional.empty(), detail);
    }

    /** Whether the wait has reached its limit. */
    public boolean isOver() {
        return limit.filter(most -> waited.compareTo(most) >= 0).isPresent();
    }

    /** Whether this wait is equal to {@code other} in everything but the working time so far. */
    public boolean isSameAs(Wait other) {
        return kind == other.kind
                && since.equals(other.since)
                && limit.equals(other.limit)
                && detail.equals(other.detail);
    }

    /** A sentence such as {@code The archive could not be reached since 02:14 UTC (connection refused)}. */
    public String sentence(Instant now) {
        String sentence = kind.words + " since " + HumanText.utc(since, now);
        return detail.isEmpty() ? sentence : sentence + " (" + detail + ")";
    }

    Wait after(Duration more) {
        return new Wait(kind, since, waited.plus(more), limit, detail);
    }
}
