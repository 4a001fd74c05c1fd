package dev.cartd.cart;

import java.util.Locale;

/** The states of a file of a cart. The words, in lower case, are those of the database. */
public enum FileStatus {
    /** The archive was not asked for it yet. */
    WAITING,
    /** The archive was asked for it; it is not on the volume yet. */
    STAGING,
    /** It is on the volume, in full, and its hash was right. */
    STAGED,
    /** It cannot be had; the file says why. */
    ERROR;

    /** Whether a file in this state may go over to {@code next}. This is the whole table. */
    public boolean mayBecome(FileStatus next) {
        return switch (this) {
            case WAITING -> next == STAGING || next == ERROR;
            case STAGING -> next == STAGED || next == ERROR || next == WAITING;
            case STAGED, ERROR -> next == WAITING;
        };
    }

    /** The word for this state. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The state with this word.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static FileStatus of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
