package dev.cartd.cart;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What a cart waits for that is not its own work.
 *
 * @param kind what it is
 * @param since when the wait began, in whole milliseconds
 * @param waited the working time of the wait so far: time in which no node looked after the cart is not counted
 * @param limit the working time after which the wait ends, for good or ill; empty if it has no such end
 * @param detail what there is to say about it, in one line; empty for nothing
 */
public record Wait(Kind kind, Instant since, Duration waited, Optional<Duration> limit, String detail) {
    private static final int MAX_DETAIL = 300;

    /** What a cart can wait for. */
    public enum Kind {
        /** The archive brings files from tape. */
        TAPE("The archive has been bringing files from tape"),
        /** The archive is away. */
        ARCHIVE("The archive could not be reached"),
        /** The archive was asked, and sends next to nothing. */
        SLOW("The archive has been silent or very slow"),
        /** The archive refused a file, or sent it wrong; it is asked a few times. */
        REFUSED("The archive has been failing for a file"),
        /** Another cart is pulling the same bytes. */
        OTHER_CART("Another cart has been pulling the same bytes"),
        /** The volume has no room for the cart. */
        ROOM("The volume has had no room for it"),
        /** Other carts have all the requests that the archive can take at once. */
        PERMITS("Requests of other carts have kept the archive busy"),
        /** Carts in work have all the memory that there is for them. */
        MEMORY("The server has had no memory for it"),
        /** What an earlier step left behind is read and hashed again. */
        HASHING("What was here before has been hashed again"),
        /** The volume cannot be used. */
        VOLUME("The volume could not be used"),
        /** No node works on the cart: none runs, all are busy, or none has the volume. */
        WORKER("No worker has had time for it"),
        /** The database is away. */
        DATABASE("The database could not be used"),
        /** Its steps fail for a reason that nobody foresaw. */
        DEFECT("Its steps have failed unexpectedly");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        /** The word for this kind, in lower case. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The kind with this word; empty if there is none. */
        public static Optional<Kind> of(String word) {
            return Arrays.stream(values())
                    .filter(kind -> kind.word().equals(word))
                    .findFirst();
        }
    }

    /** Keeps the detail to one line of bearable length, and the time to what every store can hold. */
    public Wait {
        since = since.truncatedTo(ChronoUnit.MILLIS);
        detail = Text.line(detail, MAX_DETAIL);
    }

    /** A wait that begins now, and has no end by itself. */
    public static Wait begins(Kind kind, Instant now, String detail) {
        return new Wait(kind, now, Duration.ZERO, Optional.empty(), detail);
    }

    /** Whether it lasted as long as it may. */
    public boolean isOver() {
        return limit.filter(most -> waited.compareTo(most) >= 0).isPresent();
    }

    /** Whether this says the same as another wait, however long each has lasted. */
    public boolean saysLike(Wait other) {
        return kind == other.kind
                && since.equals(other.since)
                && limit.equals(other.limit)
                && detail.equals(other.detail);
    }

    /** Such as {@code The archive could not be reached since 02:14 UTC (connection refused)}. */
    public String sentence(Instant now) {
        String sentence = kind.words + " since " + HumanText.utc(since, now);
        return detail.isEmpty() ? sentence : sentence + " (" + detail + ")";
    }

    Wait after(Duration more) {
        return new Wait(kind, since, waited.plus(more), limit, detail);
    }
}
