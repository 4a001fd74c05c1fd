package dev.cartd.server.http;

import java.util.Map;
import java.util.Objects;
import org.eclipse.jetty.http.HttpStatus;

/** A request that the server refuses with an HTTP status of its own, unlike the failures of {@link dev.cartd.Cartd}. */
public final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final transient Map<String, String> headers;

    /** Refuses with this status, this message in the error document, and these further headers. */
    public Refused(int status, String message, Map<String, String> headers) {
        super(message, null, false, false);
        this.status = status;
        this.headers = headers;
    }

    /** Refuses with this status and this message in the error document. */
    public Refused(int status, String message) {
        this(status, message, Map.of());
    }

    /** The message for the client; never null. */
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }

    /** Refuses a method that is none of {@code allowed}, which are separated by commas. */
    public static Refused method(String allowed) {
        return new Refused(
                HttpStatus.METHOD_NOT_ALLOWED_405,
                "Specified method is invalid for this resource",
                Map.of("Allow", allowed));
    }

    /** The HTTP status of the response. */
    public int status() {
        return status;
    }

    /** The headers of the response beside those of every error. */
    public Map<String, String> headers() {
        return headers;
    }
}
