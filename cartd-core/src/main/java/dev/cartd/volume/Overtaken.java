package dev.cartd.volume;

import java.io.IOException;

/** The cart is worked on by a later claim: whoever meets this stops, and leaves everything as it is. */
public final class Overtaken extends IOException {
    private static final long serialVersionUID = 1;

    Overtaken(String message) {
        super(message);
    }
}
