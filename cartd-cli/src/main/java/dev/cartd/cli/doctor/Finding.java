package dev.cartd.cli.doctor;

import java.util.Locale;

/**
 * Something that a check found.
 *
 * @param state how bad it is
 * @param about the thing that was looked at, in one word
 * @param text what was found, in one line; says what to do unless it is good
 */
record Finding(State state, String about, String text) {
    /** How bad it is. */
    enum State {
        /** It is as it should be. */
        OK,
        /** A server works, but may not do so for ever, or not as well as it could. */
        WARN,
        /** A server does not start, or cannot make or send carts. */
        BAD;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Finding ok(String about, String text) {
        return new Finding(State.OK, about, text);
    }

    static Finding warn(String about, String text) {
        return new Finding(State.WARN, about, text);
    }

    static Finding bad(String about, String text) {
        return new Finding(State.BAD, about, text);
    }

    boolean isBad() {
        return state == State.BAD;
    }
}
