package dev.cartd.server.request;

import dev.cartd.cart.Memory;
import dev.cartd.server.http.Problems;
import dev.cartd.server.http.Refused;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpStatus;

/** Limits the size and the slowness of one request body, and the memory that all bodies use together. */
public final class BodyLimits {
    /** The minimum average speed of a body. */
    private static final long MIN_BYTES_PER_SECOND = 1024;

    private static final long MB = 1_000_000;

    /**
     * The maximum memory that a parser needs for a body besides its files: two copies of the longest token, at two
     * bytes for each character.
     */
    private static final long TOKEN = 4L * BodyTokens.MAX_STRING;

    /** The parser needs up to this many bytes of memory for each byte of the body, up to {@link #TOKEN}. */
    private static final int MEMORY_PER_BYTE = 4;

    /** How long the rest of a refused body is read. */
    private static final Duration LINGER = Duration.ofSeconds(10);

    /** How much of the rest of a refused body is read. */
    private static final long LINGER_BYTES = 512L * 1024 * 1024;

    private final long most;
    private final Duration startDelay;
    private final Memory memory;

    /**
     * The limits of all bodies.
     *
     * @param most the maximum size of a body in bytes
     * @param startDelay how long a body may take beside the time that its bytes need at the minimum speed
     * @param memory what all bodies together may use
     */
    public BodyLimits(long most, Duration startDelay, Memory memory) {
        this.most = most;
        this.startDelay = startDelay;
        this.memory = memory;
    }

    /**
     * Checks the {@code Content-Length}, before the body is read.
     *
     * @throws Refused with 413 if the body is too large
     */
    public void check(HttpServletRequest request) {
        if (request.getContentLengthLong() > most) {
            throw tooLarge();
        }
    }

    /** Starts the limits of one body; its time begins now. */
    public Allowance allowance() {
        return new Allowance();
    }

    /** The response to a body that could not be read to its end. */
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

    /** The limits of one body. For one thread at a time. */
    public final class Allowance implements AutoCloseable {
        private final long begun = System.nanoTime();
        private final Memory.Hold hold = memory.hold();
        private long taken;
        private long lingerStart;
        private long discarded;

        /**
         * Counts bytes that were received.
         *
         * @throws Refused with 408 if the body is too slow, 413 if it is too large, or 503 if there is not enough
         *     memory
         */
        void take(int bytes) {
            taken += bytes;
            if (taken > most) {
                throw tooLarge();
            }
            hold(Math.min(TOKEN, MEMORY_PER_BYTE * taken) - Math.min(TOKEN, MEMORY_PER_BYTE * (taken - bytes)));
            Duration due = startDelay.plusSeconds(taken / MIN_BYTES_PER_SECOND);
            if (System.nanoTime() - begun > due.toNanos()) {
                throw new Refused(HttpStatus.REQUEST_TIMEOUT_408, "The body comes too slowly.");
            }
        }

        /**
         * Reserves memory for a part of the body that is kept until the request is answered; negative numbers release
         * it.
         *
         * @throws Refused with 413 if there can never be that much memory, with 503 if there is not now
         */
        public void hold(long bytes) {
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

        /** Begins to discard the rest of a refused body, and releases its memory. */
        void linger() {
            lingerStart = System.nanoTime();
            hold.close();
        }

        /** Counts discarded bytes, and returns whether to read on. */
        boolean mayLinger(int bytes) {
            discarded += bytes;
            return discarded <= LINGER_BYTES && System.nanoTime() - lingerStart < LINGER.toNanos();
        }

        /** Releases the memory. */
        @Override
        public void close() {
            hold.close();
        }
    }
}
