package dev.cartd.spi;

/** What an {@link ArchiveInterface} can do wrong with one request. Those that concern content leave others alone. */
public enum Fault {
    /** Nothing. */
    NONE,
    /** A 500 with a JSON body, for a reason that may pass. */
    ERROR,
    /** A 503 of something in front of the archive. */
    UNAVAILABLE,
    /** The connection is closed without an answer. */
    DROP,
    /** Not a byte of an answer, until the client leaves. */
    HANG,
    /** Content: half of it, then the connection is closed in the middle of a chunk. */
    CUT,
    /** Content: half of it, and a clean end. */
    SHORT,
    /** Content: a byte too many, and a clean end. */
    LONG,
    /** Content: one byte is another. */
    CORRUPT,
    /** Content: half of it, then not a byte more until the client leaves. */
    STALL;

    /** Whether it concerns content only. */
    boolean ofContent() {
        return switch (this) {
            case NONE, ERROR, UNAVAILABLE, DROP, HANG -> false;
            case CUT, SHORT, LONG, CORRUPT, STALL -> true;
        };
    }
}
