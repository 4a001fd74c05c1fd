package dev.cartd.cart;

import java.util.Locale;

/** The states of a cart. The database and the header {@code X-Pacifica-Status} have their names in lower case. */
public enum CartStatus {
    /** Accepted; no worker has claimed it yet. */
    WAITING,
    /** Its files are being staged by the archive and pulled. */
    STAGING,
    /** All its files are verified; they are being synced to the medium and given their final names. */
    BUNDLING,
    /** All its files are on the volume and verified; the cart can be downloaded. */
    READY,
    /** It could not be made, or its files were found to be missing or damaged; {@link Cart#reason} says why. */
    ERROR,
    /** Clients do not see it any more; its files are being removed, or are removed. */
    DELETED;

    /** Whether a cart in this state may change to {@code next}. No other changes are possible. */
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

    /** Whether a worker still has to work on a cart in this state. */
    public boolean inWork() {
        return switch (this) {
            case WAITING, STAGING, BUNDLING -> true;
            case READY, ERROR, DELETED -> false;
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
    public static CartStatus of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
