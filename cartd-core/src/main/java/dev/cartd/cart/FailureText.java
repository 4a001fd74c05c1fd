package dev.cartd.cart;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * Describes failures of files and connections for operators. The name of an exception's class appears only for failures
 * that nobody expected. Safe for use by many threads; no method throws.
 */
public final class FailureText {
    private static final int MAX = 300;

    private record Known(Class<? extends IOException> type, String words) {}

    /** The first entry that fits is used. */
    private static final List<Known> KNOWN = List.of(
            new Known(NoSuchFileException.class, "no such file or directory"),
            new Known(AccessDeniedException.class, "permission denied"),
            new Known(FileAlreadyExistsException.class, "something else is there already"),
            new Known(DirectoryNotEmptyException.class, "the directory is not empty"),
            new Known(NotDirectoryException.class, "not a directory"),
            new Known(NotLinkException.class, "not a link"),
            new Known(FileSystemLoopException.class, "a link leads back to itself"),
            new Known(ClosedByInterruptException.class, "interrupted"),
            new Known(ClosedChannelException.class, "the file was closed meanwhile"),
            new Known(EOFException.class, "it ends too early"),
            new Known(UnknownHostException.class, "this host is not known"));

    private FailureText() {}

    /** Describes the failure in one line of at most 300 characters, such as {@code permission denied: /srv/carts/7}. */
    public static String of(IOException e) {
        return Text.line(e instanceof FileSystemException file ? of(file) : reason(e), MAX);
    }

    /**
     * Describes any failure in one line of at most 300 characters: an I/O failure like {@link #of(IOException)}, a
     * {@link CartException} by its message, and any other failure, which is a defect, by its class and message.
     */
    public static String of(Throwable e) {
        if (e instanceof IOException known) {
            return of(known);
        }
        if (e instanceof UncheckedIOException wrapper) {
            String message = String.valueOf(wrapper.getMessage());
            IOException cause = Objects.requireNonNull(wrapper.getCause());
            return message.equals(String.valueOf(cause)) ? of(cause) : Text.line(message, MAX);
        }
        return Text.line(e instanceof CartException ? String.valueOf(e.getMessage()) : e.toString(), MAX);
    }

    /** Describes the failure like {@link #of(IOException)}, but without the name of the file. */
    public static String withoutName(IOException e) {
        return Text.line(reason(e), MAX);
    }

    private static String of(FileSystemException e) {
        String file = Optional.ofNullable(e.getFile()).orElse("");
        String other = Optional.ofNullable(e.getOtherFile()).orElse("");
        String names = file.isEmpty() || other.isEmpty() ? file + other : file + " -> " + other;
        return names.isEmpty() ? reason(e) : reason(e) + ": " + names;
    }

    private static String reason(IOException e) {
        return KNOWN.stream()
                .filter(known -> known.type().isInstance(e))
                .findFirst()
                .map(Known::words)
                .orElseGet(() -> system(e));
    }

    /** The message of the operating system or a library. */
    private static String system(IOException e) {
        if (e instanceof FileSystemException file && file.getReason() != null) {
            return lowerCase(file.getReason());
        }
        String message = Optional.ofNullable(e.getMessage()).orElse("").strip();
        if (message.isEmpty()) {
            return e instanceof ConnectException ? "no connection" : "input or output failed";
        }
        return lowerCase(message);
    }

    /** Messages of the operating system begin with a capital letter; in the middle of a line they must not. */
    private static String lowerCase(String text) {
        boolean word = text.length() > 1 && Character.isLowerCase(text.charAt(1));
        return word ? text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1) : text;
    }
}
