package dev.cartd.volume;

import java.io.IOException;
import java.util.Objects;

/**
 * The directory at the volume's path is not the volume of the store's carts, for instance because that is not mounted.
 * Missing files then say nothing about a cart, and nothing may be written there.
 */
public final class VolumeNotThere extends IOException {
    private static final long serialVersionUID = 1;

    private final String remedy;

    VolumeNotThere(String what, String remedy) {
        super(what);
        this.remedy = remedy;
    }

    /** The problem, in one line that clients may see; never null. */
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }

    /** The problem and its remedy, in one line for the operator. */
    public String advice() {
        return getMessage() + "; " + remedy;
    }

    /** Records no stack trace: the failure is expected, and many requests may throw it at once. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
