package dev.cartd.server.request;

import dev.cartd.cart.CartException;

/**
 * Limits the length of every token of a JSON document before the parser sees it, since the parser keeps each number,
 * name and string in memory until it is complete, even under a key that is ignored. It knows only as much of JSON as
 * this needs; invalid JSON is left to the parser.
 */
final class BodyTokens {
    /** The maximum length of a string or name in bytes, including its escapes. */
    static final int MAX_STRING = 1_000_000;

    /** The maximum length of a number or literal in bytes. */
    static final int MAX_PLAIN = 10_000;

    /** The maximum length of white space in bytes. */
    static final int MAX_SPACE = 1_000_000;

    /** The maximum depth of nested lists and objects. */
    static final int MAX_DEPTH = 100;

    private enum Kind {
        SPACE(MAX_SPACE, "a run of white space"),
        PLAIN(MAX_PLAIN, "a number"),
        STRING(MAX_STRING, "a string or name");

        private final int most;
        private final String what;

        Kind(int most, String what) {
            this.most = most;
            this.what = what;
        }
    }

    private Kind kind = Kind.SPACE;
    private int length;
    private int depth;
    private boolean escaped;

    /**
     * Checks the next bytes of the document.
     *
     * @throws CartException.Invalid if a token is too long, or nested too deep
     */
    void look(byte[] bytes, int count) {
        for (int i = 0; i < count; i++) {
            look(bytes[i]);
        }
    }

    private void look(byte next) {
        if (kind == Kind.STRING) {
            grow();
            string(next);
            return;
        }
        switch (next) {
            case ' ', '\t', '\r', '\n' -> goOn(Kind.SPACE);
            case '"' -> begin(Kind.STRING);
            case '{', '[' -> deeper();
            case '}', ']' -> shallower();
            case ',', ':' -> begin(Kind.SPACE);
            default -> goOn(Kind.PLAIN);
        }
    }

    private void string(byte next) {
        if (escaped) {
            escaped = false;
        } else if (next == '\\') {
            escaped = true;
        } else if (next == '"') {
            begin(Kind.SPACE);
        }
    }

    private void deeper() {
        if (++depth > MAX_DEPTH) {
            throw new CartException.Invalid(
                    "Invalid JSON document: more than " + MAX_DEPTH + " lists and objects within each other");
        }
        begin(Kind.SPACE);
    }

    private void shallower() {
        depth--;
        begin(Kind.SPACE);
    }

    private void begin(Kind next) {
        kind = next;
        length = 0;
    }

    private void goOn(Kind same) {
        if (kind != same) {
            begin(same);
        }
        grow();
    }

    private void grow() {
        if (++length > kind.most) {
            throw new CartException.Invalid(
                    "Invalid JSON document: " + kind.what + " of more than " + kind.most + " bytes");
        }
    }
}
