package dev.cartd.server;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpStatus;

/** How much body one request may have, how slow it may come, and how much all bodies together may hold of the memory. */
final class BodyLimits {
    /** A body that comes slower than this, on the whole, is refused. */
    private static final long MIN_BYTES_PER_SECOND = 1024;

    /** What is never refused for the sake of others. */
    private static final int SMALL = 64 * 1024;

    /** How long a refused body is read on. */
    private static final Duration LINGER = Duration.ofSeconds(10);

    /** How much of it. */
    private static final long LINGER_BYTES = 512L * 1024 * 1024;

    private final long most;
    private final Duration patience;
    private final long mostTogether;
    private final AtomicLong together = new AtomicLong();

    BodyLimits(long most, Duration patience) {
        this(most, patience, Runtime.getRuntime().maxMemory() / 4);
    }

    BodyLimits(long most, Duration patience, long mostTogether) {
        this.most = most;
        this.patience = patience;
        this.mostTogether = mostTogether;
    }

    /**
     * Refuses a body that says of itself that it is too large, before any of it is read.
     *
     * @throws Refused with 413
     */
    void check(HttpServletRequest request) {
        if (request.getContentLengthLong() > most) {
            throw tooLarge();
        }
    }

    /** What one body may take, from now on. */
    Allowance allowance() {
        return new Allowance();
    }

    /** The refusal of a body that broke off. */
    static Refused broken(Throwable failure) {
        if (failure instanceof TimeoutException || failure.getCause() instanceof TimeoutException) {
            return new Refused(HttpStatus.REQUEST_TIMEOUT_408, "The body did not come in time.");
        }
        return failure instanceof HttpException bad && bad.getReason() != null
                ? new Refused(bad.getCode(), bad.getReason())
                : new Refused(HttpStatus.BAD_REQUEST_400, "The body broke off.");
    }

    private Refused tooLarge() {
        return new Refused(
                HttpStatus.PAYLOAD_TOO_LARGE_413, "The body is too large: at most " + most + " bytes are allowed.");
    }

    /** One body's share. Used by one thread at a time. */
    final class Allowance implements AutoCloseable {
        private final long begun = System.nanoTime();
        private long taken;
        private long lingering;
        private long lingered;

        /**
         * Counts bytes that came.
         *
         * @throws Refused with 408, 413 or 503 if they are too late or too many
         */
        void take(int bytes) {
            taken += bytes;
            if (taken > most) {
                throw tooLarge();
            }
            // A lone body is let through, since the operator has allowed its size; and small ones beside a giant.
            if (together.addAndGet(bytes) > Math.max(mostTogether, taken) && taken > SMALL) {
                throw new Refused(
                        HttpStatus.SERVICE_UNAVAILABLE_503,
                        "Too many large requests are coming in at once, try again later.",
                        Map.of(Problems.RETRY_AFTER, "10"));
            }
            Duration due = patience.plusSeconds(taken / MIN_BYTES_PER_SECOND);
            if (System.nanoTime() - begun > due.toNanos()) {
                throw new Refused(HttpStatus.REQUEST_TIMEOUT_408, "The body comes too slowly.");
            }
        }

        /** From now on what comes is thrown away. */
        void linger() {
            lingering = System.nanoTime();
        }

        /** Whether to go on reading what is thrown away, after so many bytes more. */
        boolean mayLinger(int bytes) {
            lingered += bytes;
            return lingered <= LINGER_BYTES && System.nanoTime() - lingering < LINGER.toNanos();
        }

        @Override
        public void close() {
            together.addAndGet(-taken);
            taken = 0;
        }
    }
}
