package dev.cartd.cli.metrics;

import java.util.Locale;

/** Why carts fail, by what their reasons say: few kinds, so that each can be a label. The first one that fits counts. */
enum FailureCause {
    /** The volume had no room in time. */
    ROOM,
    /** The archive does not have a file. */
    MISSING,
    /** No file can have the hash that the client named. */
    REQUEST,
    /** Bytes came that do not have the hash that the client named. */
    HASH,
    /** A file stayed on tape. */
    TAPE,
    /** The archive was away for too long. */
    ARCHIVE_AWAY,
    /** The archive refused a request, or answered wrongly. */
    ARCHIVE_REFUSED,
    /** The volume cannot be used, or lost files. */
    VOLUME,
    /** The heap has no memory for the cart. */
    MEMORY,
    /** A defect of cartd. */
    DEFECT,
    /** All else: mostly what is wrong with the request of the client. */
    OTHER;

    static FailureCause of(String reason) {
        for (FailureCause cause : values()) {
            if (cause.fits(reason)) {
                return cause;
            }
        }
        return OTHER;
    }

    private boolean fits(String reason) {
        return switch (this) {
            case ROOM -> reason.startsWith("No Space Available");
            case MISSING -> reason.endsWith("the archive does not have it");
            case REQUEST -> reason.contains(": hash type ") || reason.endsWith(" hex digits");
            case HASH -> reason.startsWith("Failed to pull") && reason.contains(", expected ");
            case TAPE -> reason.contains("still on tape after");
            case ARCHIVE_AWAY -> reason.contains("could not be reached");
            case ARCHIVE_REFUSED -> reason.startsWith("Failed to stage") || reason.startsWith("Failed to pull");
            case VOLUME -> reason.startsWith("The volume ") || reason.contains("from the volume");
            case MEMORY -> reason.startsWith("The server has no memory");
            case DEFECT -> reason.startsWith("Internal error");
            case OTHER -> true;
        };
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
