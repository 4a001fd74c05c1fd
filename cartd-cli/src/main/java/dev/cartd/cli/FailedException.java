package dev.cartd.cli;

import java.io.UncheckedIOException;
import java.util.Objects;

/** A command cannot go on. The message is one line that tells the operator what, where, and what to do. */
final class FailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    FailedException(String message) {
        super(message);
    }

    FailedException(String message, Throwable cause) {
        super(message + ": " + reason(cause), cause);
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }

    /** What a throwable says, on one line; its class where it says nothing or where the class is half of what it says. */
    static String reason(Throwable thrown) {
        if (thrown instanceof UncheckedIOException wrapper && wrapper.getCause() != null) {
            return reason(wrapper.getCause());
        }
        String message = Objects.requireNonNullElse(thrown.getMessage(), "").strip();
        String line = message.replaceAll("\\s*[\\r\\n]+\\s*", " | ");
        boolean speaks = thrown instanceof FailedException || line.contains(" ");
        return speaks ? line : thrown.getClass().getSimpleName() + (line.isEmpty() ? "" : ": " + line);
    }
}
