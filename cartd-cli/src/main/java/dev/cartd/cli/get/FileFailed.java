package dev.cartd.cli.get;

import java.util.Objects;

/** One file of the cart cannot be had; the others may. The message is one line that says why. */
final class FileFailed extends Exception {
    private static final long serialVersionUID = 1;

    FileFailed(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
