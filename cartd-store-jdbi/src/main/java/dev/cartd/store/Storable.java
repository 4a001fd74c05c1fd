package dev.cartd.store;

/** Texts as every database takes them: PostgreSQL has none with a NUL in it. */
final class Storable {
    private Storable() {}

    /** This text, with U+FFFD for each NUL: what it names or proves is wrong with either. */
    static String text(String text) {
        return text.replace('\0', '\ufffd');
    }

    /** Whether a stored text can be this one. */
    static boolean may(String text) {
        return text.indexOf('\0') < 0;
    }
}
