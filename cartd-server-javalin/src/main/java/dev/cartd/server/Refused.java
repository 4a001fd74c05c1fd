package dev.cartd.server;

import java.util.Map;
import java.util.Objects;

/** A request that the server refuses with an HTTP status of its own, unlike the failures of {@link dev.cartd.Cartd}. */
final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final transient Map<String, String> headers;

    Refused(int status, String message, Map<String, String> headers) {
        super(message, null, false, false);
        this.status = status;
        this.headers = headers;
    }

    Refused(int status, String message) {
        this(status, message, Map.of());
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }

    int status() {
        return status;
    }

    /** Whether the connection is closed afterwards. */
    boolean closes() {
        return headers.containsKey("Connection");
    }

    Map<String, String> headers() {
        return headers;
    }
}
