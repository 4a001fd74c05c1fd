package dev.cartd.cli.metrics;

import java.util.Locale;

/**
 * Why carts fail, by what their reasons say: few kinds, so that each can be a label. The first one that fits counts.
 */
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
    /** The volume cannot be used, cannot have a file, or lost files. */
    VOLUME,
    /** The archive refused a request, or answered wrongly. */
    ARCHIVE_REFUSED,
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
            case VOLUME -> isOfVolume(reason);
            case ARCHIVE_REFUSED -> reason.startsWith("Failed to stage") || reason.startsWith("Failed to pull");
            case MEMORY -> reason.startsWith("The server has no memory");
            case DEFECT -> reason.startsWith("Internal error");
            case OTHER -> true;
        };
    }

    /** What follows the path of a file may also be the archive's own words, which speak of any volume. */
    private static boolean isOfVolume(String reason) {
        if (reason.startsWith("Failed to ")) {
            return reason.contains(": the volume could not be written for ")
                    || reason.endsWith(": the volume cannot have a file of this name")
                    || reason.contains(": on this volume it has the same name as ");
        }
        return reason.startsWith("The volume ") || reason.contains("from the volume");
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
