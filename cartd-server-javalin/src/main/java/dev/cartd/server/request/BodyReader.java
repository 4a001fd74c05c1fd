package dev.cartd.server.request;

import dev.cartd.server.http.Exchange;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;

/**
 * Reads a body asynchronously: it needs no thread while no bytes come. A refused request is answered at once, and the
 * rest of its body is discarded for a while: if the connection were reset, the client would never read the response.
 */
public final class BodyReader implements ReadListener {
    // No larger than Jetty's own read size, since there is one buffer for each body.
    private static final int BUFFER = 8 * 1024;

    /** The consumer of a body. If one of its methods throws, the request is refused with that failure. */
    public interface Sink {
        /**
         * Consumes bytes and returns how many. The unconsumed rest, a few bytes, comes again before the bytes that
         * follow.
         */
        int take(byte[] bytes, int length) throws IOException;

        /** The body is complete: answers the request. */
        void end() throws IOException;
    }

    private static final Sink NOWHERE = new Sink() {
        @Override
        public int take(byte[] bytes, int length) {
            return length;
        }

        @Override
        public void end() {}
    };

    private interface Step {
        void run() throws IOException;
    }

    private final Exchange exchange;
    private final ServletInputStream in;
    private final BodyLimits.Allowance allowance;
    private Sink sink;
    private final CompletableFuture<Void> answered = new CompletableFuture<>();
    private final byte[] buffer = new byte[BUFFER];
    private int leftover;
    private boolean refused;

    /** Reads the body of this request, within {@code allowance}, to {@code sink}. */
    public BodyReader(Exchange exchange, BodyLimits.Allowance allowance, Sink sink) {
        this.exchange = exchange;
        this.allowance = allowance;
        this.sink = sink;
        try {
            this.in = exchange.request().getInputStream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts to read; the request must be asynchronous by now. The future completes when the request is answered. */
    public CompletableFuture<Void> start() {
        in.setReadListener(this);
        return answered;
    }

    /** Refuses the request at once, and reads the body only to discard it. */
    public CompletableFuture<Void> refuse(Throwable failure) {
        refuse(failure, true);
        return start();
    }

    @Override
    public void onDataAvailable() throws IOException {
        while (!answered.isDone() && in.isReady() && !in.isFinished()) {
            int read = in.read(buffer, leftover, BUFFER - leftover);
            if (read > 0) {
                take(read);
            }
        }
    }

    @Override
    public void onAllDataRead() {
        if (!refused) {
            attempt(sink::end, false);
        }
        end();
    }

    @Override
    public void onError(Throwable failure) {
        if (!refused) {
            refuse(BodyLimits.broken(failure), true);
        }
        end();
    }

    private void take(int read) {
        if (!refused) {
            attempt(() -> pass(read), true);
        } else if (!allowance.mayLinger(read)) {
            end();
        }
    }

    private void pass(int read) throws IOException {
        allowance.take(read);
        int length = leftover + read;
        int taken = sink.take(buffer, length);
        leftover = length - taken;
        System.arraycopy(buffer, taken, buffer, 0, leftover);
    }

    private void attempt(Step step, boolean moreComes) {
        try {
            step.run();
        } catch (IOException | RuntimeException | Error e) {
            refuse(e, moreComes);
        }
    }

    private void refuse(Throwable failure, boolean moreComes) {
        refused = true;
        // Releases the memory that the sink uses for the body.
        sink = NOWHERE;
        leftover = 0;
        allowance.linger();
        try {
            exchange.refuse(failure, moreComes);
        } catch (IOException e) {
            // The client is gone, and needs no answer.
            end();
        }
    }

    private void end() {
        allowance.close();
        answered.complete(null);
    }
}
