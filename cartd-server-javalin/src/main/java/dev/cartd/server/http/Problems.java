package dev.cartd.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.cartd.cart.CartException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Converts failures to HTTP responses; the only class that does. Safe for use by many threads. */
public final class Problems {
    /** The header with the state of a cart, which clients of Pacifica Cartd read. */
    public static final String STATUS = "X-Pacifica-Status";
    /** The header with the reason of that state. */
    public static final String MESSAGE = "X-Pacifica-Message";
    /** The header with the number of seconds after which to ask again. */
    public static final String RETRY_AFTER = "Retry-After";

    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
    private static final String UNEXPECTED = "The server met a failure that it did not expect; its log says more.";

    private static final Duration QUIET = Duration.ofSeconds(10);

    /** The minimum time between two equal log lines. */
    private static final Duration SAME = Duration.ofMinutes(10);

    private final String version;
    private final AtomicLong warned = new AtomicLong(System.nanoTime() - SAME.toNanos() - 1);
    private volatile String lastWarned = "";

    /** Problems whose documents contain this version of cartd. */
    public Problems(String version) {
        this.version = version;
    }

    /** The response to a request that failed. An unexpected failure is logged. */
    public ShortResponse of(String method, String path, Throwable failure) {
        if (failure instanceof Refused refused) {
            return of(method, refused.status(), refused.getMessage(), refused.headers());
        }
        if (failure instanceof CartException expected) {
            return of(method, expected);
        }
        LOG.error("{} {} failed", method, HeaderText.ascii(path), failure);
        return unexpected(method);
    }

    /** A response with an error document. */
    public ShortResponse of(String method, int status, String message, Map<String, String> headers) {
        ShortResponse answer = new ShortResponse(status, headers, document(status, message));
        // Clients of Pacifica Cartd read these headers from every response to HEAD, and ask again while the status is
        // staging.
        return method.equals("HEAD")
                ? answer.with(STATUS, status < HttpStatus.INTERNAL_SERVER_ERROR_500 ? "error" : "staging")
                        .with(MESSAGE, HeaderText.ascii(message))
                : answer;
    }

    /**
     * The response to a failure of the server itself. To HEAD it is no 500, since that would mean that the cart failed.
     */
    ShortResponse unexpected(String method) {
        return method.equals("HEAD")
                ? of(method, HttpStatus.SERVICE_UNAVAILABLE_503, UNEXPECTED, Map.of(RETRY_AFTER, "30"))
                : of(method, HttpStatus.INTERNAL_SERVER_ERROR_500, UNEXPECTED, Map.of());
    }

    /** The response to HEAD for a cart in error. */
    public ShortResponse failed(String reason) {
        return ShortResponse.of(
                        HttpStatus.INTERNAL_SERVER_ERROR_500, document(HttpStatus.INTERNAL_SERVER_ERROR_500, reason))
                .with(STATUS, "error")
                .with(MESSAGE, HeaderText.ascii(reason));
    }

    private ShortResponse of(String method, CartException failure) {
        String message = failure.getMessage();
        return switch (failure.kind()) {
            case INVALID -> of(method, HttpStatus.BAD_REQUEST_400, message, Map.of());
            case NOT_FOUND -> of(method, HttpStatus.NOT_FOUND_404, message, Map.of());
            // No error document: clients of Pacifica Cartd expect the plain sentence.
            case NOT_READY -> ShortResponse.of(HttpStatus.ACCEPTED_202, message).with(RETRY_AFTER, "5");
            case NO_SUCH_FORM -> of(method, HttpStatus.CONFLICT_409, message, Map.of());
            case FAILED -> of(method, HttpStatus.INTERNAL_SERVER_ERROR_500, message, Map.of());
            case UNAVAILABLE -> {
                warn(message);
                yield unavailable(method, message);
            }
            // The thread that watches the volume logs it.
            case VOLUME_AWAY -> unavailable(method, message);
        };
    }

    private ShortResponse unavailable(String method, String message) {
        return of(method, HttpStatus.SERVICE_UNAVAILABLE_503, message, Map.of(RETRY_AFTER, "10"));
    }

    /** Logs at most one line in a while, however many requests fail. */
    private void warn(String message) {
        long now = System.nanoTime();
        long before = warned.get();
        Duration quiet = message.equals(lastWarned) ? SAME : QUIET;
        if (now - before > quiet.toNanos() && warned.compareAndSet(before, now)) {
            lastWarned = message;
            LOG.warn("requests cannot be answered now: {}", message);
        }
    }

    /**
     * Writes the members of an error document, for one that has more members.
     *
     * @throws IOException if {@code json} throws it
     */
    public void describe(JsonGenerator json, int status, String message) throws IOException {
        json.writeStringField("status", status + " " + name(status));
        json.writeStringField("message", message);
        json.writeStringField("traceback", "");
        json.writeStringField("version", version);
    }

    private String document(int status, String message) {
        return "{\"status\": \"" + status + " " + name(status) + "\", \"message\": \"" + JsonText.quoted(message)
                + "\", \"traceback\": \"\", \"version\": \"" + JsonText.quoted(version) + "\"}";
    }

    private static String name(int status) {
        // Jetty's own name for this status is shorter.
        return status == HttpStatus.INTERNAL_SERVER_ERROR_500 ? "Internal Server Error" : HttpStatus.getMessage(status);
    }
}
