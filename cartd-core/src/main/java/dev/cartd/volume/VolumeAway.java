package dev.cartd.volume;

import java.io.IOException;
import java.util.Objects;

/**
 * What is at the volume's path is not the volume that the carts lie on: it is not mounted, say. Nobody may judge a cart
 * by what is there, nor write to it.
 */
public final class VolumeAway extends IOException {
    private static final long serialVersionUID = 1;

    private final String remedy;

    VolumeAway(String what, String remedy) {
        super(what);
        this.remedy = remedy;
    }

    /** What is the matter, for clients too. */
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }

    /** What is the matter and what to do about it, on one line for the operator. */
    public String advice() {
        return getMessage() + "; " + remedy;
    }

    /** It is expected, and many requests may meet it at once. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
