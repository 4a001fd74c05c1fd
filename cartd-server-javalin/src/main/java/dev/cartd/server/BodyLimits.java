package dev.cartd.server;

import dev.cartd.cart.Memory;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpStatus;

/**
 * How much body one request may have, how slow it may come, and how much all bodies together may hold of the memory.
 */
final class BodyLimits {
    /** A body that comes slower than this, on the whole, is refused. */
    private static final long MIN_BYTES_PER_SECOND = 1024;

    private static final long MB = 1_000_000;

    /** What a parser holds of a body at the most besides its files: one token, twice. */
    private static final long TOKEN = 4L * BodyTokens.MAX_STRING;

    /** As many bytes of a body may be held by its parser as it has sent, so often. */
    private static final int TIMES = 4;

    /** How long a refused body is read on. */
    private static final Duration LINGER = Duration.ofSeconds(10);

    /** How much of it. */
    private static final long LINGER_BYTES = 512L * 1024 * 1024;

    private final long most;
    private final Duration patience;
    private final Memory memory;

    BodyLimits(long most, Duration patience, Memory memory) {
        this.most = most;
        this.patience = patience;
        this.memory = memory;
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
        private final Memory.Hold hold = memory.hold();
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
            hold(Math.min(TOKEN, TIMES * taken) - Math.min(TOKEN, TIMES * (taken - bytes)));
            Duration due = patience.plusSeconds(taken / MIN_BYTES_PER_SECOND);
            if (System.nanoTime() - begun > due.toNanos()) {
                throw new Refused(HttpStatus.REQUEST_TIMEOUT_408, "The body comes too slowly.");
            }
        }

        /**
         * Counts what is kept of the body in memory until it is answered.
         *
         * @throws Refused with 413 if that can never be had, with 503 if not now
         */
        void hold(long bytes) {
            if (hold.bytes() + bytes > memory.most()) {
                throw new Refused(
                        HttpStatus.PAYLOAD_TOO_LARGE_413,
                        "The cart has too many files: a list of them takes at most " + memory.most() / MB
                                + " MB of this server's memory, enough for some " + memory.files() + " files.");
            }
            if (!hold.grow(bytes)) {
                throw new Refused(
                        HttpStatus.SERVICE_UNAVAILABLE_503,
                        "Too many large requests are coming in at once, try again later.",
                        Map.of(Problems.RETRY_AFTER, "10"));
            }
        }

        /** From now on what comes is thrown away. */
        void linger() {
            lingering = System.nanoTime();
            hold.close();
        }

        /** Whether to go on reading what is thrown away, after so many bytes more. */
        boolean mayLinger(int bytes) {
            lingered += bytes;
            return lingered <= LINGER_BYTES && System.nanoTime() - lingering < LINGER.toNanos();
        }

        @Override
        public void close() {
            hold.close();
        }
    }
}
