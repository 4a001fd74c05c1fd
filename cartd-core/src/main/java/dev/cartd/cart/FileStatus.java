package dev.cartd.cart;

import java.util.Locale;

/** The states of a file of a cart. The database has their names in lower case. */
public enum FileStatus {
    /** The archive was not asked to stage it yet. */
    WAITING,
    /** The archive was asked to stage it, or another cart has its bytes or pulls them; it is not staged yet. */
    STAGING,
    /** It is on the volume, complete, and its hash is right. */
    STAGED,
    /** It could not be staged; {@link CartFile#reason} says why. */
    ERROR;

    /** Whether a file in this state may change to {@code next}. No other changes are possible. */
    public boolean mayBecome(FileStatus next) {
        return switch (this) {
            case WAITING -> next == STAGING || next == ERROR;
            case STAGING -> next == STAGED || next == ERROR || next == WAITING;
            case STAGED, ERROR -> next == WAITING;
        };
    }

    /** The name of this state in lower case. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The state with this name, in any case of letters.
     *
     * @throws IllegalArgumentException if there is no such state
     */
    public static FileStatus of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
