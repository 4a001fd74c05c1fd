package dev.cartd.store.sql;

/** Texts as every database takes them: PostgreSQL has none with a NUL in it. */
public final class NulFree {
    private NulFree() {}

    /** This text, with U+FFFD for each NUL: what it names or proves is wrong with either. */
    public static String text(String text) {
        return text.replace('\0', '\ufffd');
    }

    /** Whether a stored text can be this one. */
    public static boolean may(String text) {
        return text.indexOf('\0') < 0;
    }
}
