package dev.cartd.cart;

import java.io.EOFException;
import java.io.IOException;
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
import java.util.Locale;
import java.util.Optional;

/** What went wrong with a file or a connection, in the words of an operator: never the name of an exception's class. */
public final class FailureText {
    private static final int MAX = 300;

    private FailureText() {}

    /** One line, such as {@code permission denied: /srv/carts/7}. */
    public static String of(IOException e) {
        return Text.line(e instanceof FileSystemException file ? of(file) : reason(e), MAX);
    }

    /** Like {@link #of}, without the name of the file. */
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
        if (e instanceof NoSuchFileException) {
            return "no such file or directory";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "something else is there already";
        }
        if (e instanceof DirectoryNotEmptyException) {
            return "the directory is not empty";
        }
        if (e instanceof NotDirectoryException) {
            return "not a directory";
        }
        if (e instanceof NotLinkException) {
            return "not a link";
        }
        if (e instanceof FileSystemLoopException) {
            return "a link leads back to itself";
        }
        return e instanceof FileSystemException file && file.getReason() != null
                ? lowerCase(file.getReason())
                : ofOthers(e);
    }

    private static String ofOthers(IOException e) {
        if (e instanceof ClosedByInterruptException) {
            return "interrupted";
        }
        if (e instanceof ClosedChannelException) {
            return "the file was closed meanwhile";
        }
        if (e instanceof EOFException) {
            return "it ends too early";
        }
        if (e instanceof UnknownHostException) {
            return "this host is not known";
        }
        String message = Optional.ofNullable(e.getMessage()).orElse("").strip();
        if (e instanceof ConnectException && message.isEmpty()) {
            return "no connection";
        }
        return message.isEmpty() ? "input or output failed" : lowerCase(message);
    }

    /** The system's own texts begin like sentences. */
    private static String lowerCase(String text) {
        boolean word = text.length() > 1 && Character.isLowerCase(text.charAt(1));
        return word ? text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1) : text;
    }
}
