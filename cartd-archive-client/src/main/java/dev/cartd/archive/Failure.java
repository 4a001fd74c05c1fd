package dev.cartd.archive;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** What happened on the way to the archive, in the words of an operator. */
final class Failure {
    private Failure() {}

    /** A duration as people read it: {@code 60 s}, {@code 250 ms}. */
    static String text(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }

    /** Why a request failed that waits {@code timeout} for each byte. */
    static String text(IOException e, Duration timeout) {
        String message = message(e);
        if (e instanceof SocketTimeoutException) {
            return isOfConnecting(e) ? "no connection in time" : "not a byte for " + text(timeout);
        }
        if (e instanceof InterruptedIOException) {
            return message;
        }
        if (e instanceof UnknownHostException) {
            return "this host is not known";
        }
        if (e instanceof SSLException) {
            return "TLS: " + message;
        }
        Throwable root = root(e);
        return root instanceof EOFException || message.startsWith("unexpected end of stream")
                ? "the connection was closed before all was there"
                : message(root);
    }

    /** Whether there was no connection yet that a request could have been sent on. */
    static boolean beforeTheRequest(IOException e) {
        return e instanceof ConnectException
                || e instanceof NoRouteToHostException
                || e instanceof UnknownHostException
                || e instanceof SSLException
                || (e instanceof SocketTimeoutException && isOfConnecting(e));
    }

    private static boolean isOfConnecting(IOException timeout) {
        return message(timeout).toLowerCase(Locale.ROOT).contains("connect");
    }

    private static Throwable root(Throwable e) {
        Throwable cause = e.getCause();
        return cause == null ? e : root(cause);
    }

    private static String message(Throwable e) {
        return Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName());
    }
}
