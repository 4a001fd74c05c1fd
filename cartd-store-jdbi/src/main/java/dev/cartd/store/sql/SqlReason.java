package dev.cartd.store.sql;

import java.io.EOFException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** The reason of a database failure, in one line for an operator. */
public final class SqlReason {
    private SqlReason() {}

    /**
     * The message for the innermost cause for which this class or the dialect has a message of its own; if there is
     * none, the innermost cause's own message.
     */
    public static String of(Dialect dialect, Throwable failure) {
        List<Throwable> causes = causes(failure);
        for (int i = causes.size() - 1; i >= 0; i--) {
            Optional<String> plain = plain(dialect, causes.get(i));
            if (plain.isPresent()) {
                return plain.get();
            }
        }
        return ownMessage(causes.get(causes.size() - 1));
    }

    /** The innermost {@link SQLException} among the causes. */
    static Optional<SQLException> sql(Throwable failure) {
        Optional<SQLException> found = Optional.empty();
        for (Throwable cause : causes(failure)) {
            if (cause instanceof SQLException sql) {
                found = Optional.of(sql);
            }
        }
        return found;
    }

    private static Optional<String> plain(Dialect dialect, Throwable cause) {
        if (cause instanceof UnknownHostException) {
            return Optional.of("there is no host " + ownMessage(cause).replaceAll(": .*", ""));
        }
        if (cause instanceof SocketTimeoutException) {
            return Optional.of("no answer in time");
        }
        if (cause instanceof NoRouteToHostException) {
            return Optional.of("there is no route to the host");
        }
        if (cause instanceof ConnectException) {
            boolean late = ownMessage(cause).toLowerCase(Locale.ROOT).contains("timed out");
            return Optional.of(late ? "no answer in time" : "connection refused");
        }
        if (cause instanceof EOFException || cause instanceof SocketException) {
            return Optional.of("the connection was cut");
        }
        if (cause instanceof SSLException) {
            return Optional.of("encryption failed: " + ownMessage(cause));
        }
        return cause instanceof SQLException sql ? dialect.plain(sql) : Optional.empty();
    }

    private static List<Throwable> causes(Throwable failure) {
        List<Throwable> causes = new ArrayList<>();
        for (Throwable cause = failure; cause != null && !causes.contains(cause); cause = cause.getCause()) {
            causes.add(cause);
        }
        return causes;
    }

    private static String ownMessage(Throwable cause) {
        String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return message.replaceAll("\\s+", " ").trim();
    }
}
