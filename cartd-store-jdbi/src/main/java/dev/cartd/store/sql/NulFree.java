package dev.cartd.store.sql;

/** Handles NUL characters, which PostgreSQL cannot store in a text. */
public final class NulFree {
    private NulFree() {}

    /**
     * The text with U+FFFD in place of each NUL. No valid id, hash or path contains a NUL, so the text is wrong with
     * either.
     */
    public static String text(String text) {
        return text.replace('\0', '\ufffd');
    }

    /** Whether the database can contain this text: false if it contains a NUL. */
    public static boolean isStorable(String text) {
        return text.indexOf('\0') < 0;
    }
}
