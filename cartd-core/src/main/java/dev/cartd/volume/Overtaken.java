package dev.cartd.volume;

import java.io.IOException;

/** A later claim of the cart is at work. The step that receives this stops, and changes nothing more on the volume. */
public final class Overtaken extends IOException {
    private static final long serialVersionUID = 1;

    Overtaken(String message) {
        super(message);
    }
}
