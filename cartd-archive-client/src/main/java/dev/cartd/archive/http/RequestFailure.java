package dev.cartd.archive.http;

import dev.cartd.cart.FailureText;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.InvalidAlgorithmParameterException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** The messages for failed requests, for operators. */
final class RequestFailure {
    private RequestFailure() {}

    /**
     * The reason why a request failed.
     *
     * @param timeout how long the request waited for each byte at most
     */
    static String text(IOException e, Duration timeout) {
        if (e instanceof SocketTimeoutException) {
            return isOfConnecting(e) ? "no connection in time" : "not a byte for " + Limits.text(timeout);
        }
        if (e instanceof InterruptedIOException) {
            return FailureText.withoutName(e);
        }
        if (e instanceof UnknownHostException) {
            return e.getCause() instanceof TimeoutException
                    ? "the address of this host was not found in time"
                    : "this host is not known";
        }
        if (e instanceof SSLException tls) {
            return text(tls);
        }
        IOException root = root(e);
        return root instanceof EOFException || message(e).startsWith("unexpected end of stream")
                ? "the connection was closed before all was there"
                : FailureText.withoutName(root);
    }

    private static String text(SSLException e) {
        if (e instanceof SSLPeerUnverifiedException) {
            return "its certificate is for another host name";
        }
        if (isFor(e, CertificateExpiredException.class)) {
            return "its certificate has expired";
        }
        if (isFor(e, CertificateNotYetValidException.class)) {
            return "its certificate is not valid yet";
        }
        if (isFor(e, CertPathBuilderException.class) || isFor(e, CertPathValidatorException.class)) {
            return "its certificate is not trusted";
        }
        if (isFor(e, InvalidAlgorithmParameterException.class)) {
            return "this Java trusts no certificate: is its trust store there, and the password of that right?";
        }
        return message(e).startsWith("Unsupported or unrecognized SSL message")
                ? "it does not speak TLS: is its URL http:// rather than https://?"
                : "TLS: " + FailureText.withoutName(e);
    }

    private static boolean isFor(Throwable e, Class<? extends Throwable> cause) {
        return cause.isInstance(e) || (e.getCause() != null && isFor(e.getCause(), cause));
    }

    /** Whether the request failed before a connection was open, so that nothing of it was sent. */
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

    /** The innermost {@link IOException} in the chain of causes. */
    private static IOException root(IOException e) {
        return e.getCause() instanceof IOException cause ? root(cause) : e;
    }

    private static String message(Throwable e) {
        return Optional.ofNullable(e.getMessage()).orElse("");
    }
}
