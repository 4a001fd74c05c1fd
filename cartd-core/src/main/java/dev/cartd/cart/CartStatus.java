package dev.cartd.cart;

import java.util.Locale;

/** The states of a cart. The words, in lower case, are those of the database and of {@code X-Pacifica-Status}. */
public enum CartStatus {
    /** Accepted; no worker has it yet. */
    WAITING,
    /** Its files are being asked for, looked at and pulled. */
    STAGING,
    /** All its files are verified; it is being made durable and visible. */
    BUNDLING,
    /** Every file is on the volume, verified, and can be downloaded. */
    READY,
    /** It cannot be made, or its files turned out to be gone or damaged; the cart says why. */
    ERROR,
    /** Nobody sees it any more; its files go, or are gone. */
    DELETED;

    /** Whether a cart in this state may go over to {@code next}. This is the whole table. */
    public boolean mayBecome(CartStatus next) {
        return switch (this) {
            case WAITING -> next == STAGING || next == ERROR || next == DELETED;
            case STAGING -> next == BUNDLING || next == ERROR || next == DELETED;
            case BUNDLING -> next == READY || next == ERROR || next == DELETED;
            case READY -> next == ERROR || next == STAGING || next == DELETED;
            case ERROR -> next == STAGING || next == DELETED;
            case DELETED -> false;
        };
    }

    /** Whether a worker still has to bring a cart in this state further. */
    public boolean inWork() {
        return switch (this) {
            case WAITING, STAGING, BUNDLING -> true;
            case READY, ERROR, DELETED -> false;
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
    public static CartStatus of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
