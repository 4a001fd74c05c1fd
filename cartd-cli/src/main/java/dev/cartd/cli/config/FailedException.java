package dev.cartd.cli.config;

import dev.cartd.cart.FailureText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.stream.Collectors;

/** A command cannot go on. The message is one line for the operator: what failed, where, and what to do. */
public final class FailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public FailedException(String message) {
        super(message);
    }

    public FailedException(String message, Throwable cause) {
        super(message + ": " + reason(cause), cause);
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }

    /**
     * The message of a throwable on one line. Names the class only for a defect: for a throwable whose message is no
     * sentence.
     */
    public static String reason(Throwable thrown) {
        if (thrown instanceof UncheckedIOException wrapper && wrapper.getCause() != null) {
            return reason(wrapper.getCause());
        }
        if (thrown instanceof IOException failure) {
            return FailureText.of(failure);
        }
        String message = Objects.requireNonNullElse(thrown.getMessage(), "").strip();
        String line = message.lines()
                .map(String::strip)
                .filter(piece -> !piece.isEmpty())
                .collect(Collectors.joining(" | "));
        boolean speaks = thrown instanceof FailedException || line.contains(" ");
        return speaks
                ? line
                : "internal error (" + thrown.getClass().getSimpleName() + ")" + (line.isEmpty() ? "" : ": " + line);
    }
}
