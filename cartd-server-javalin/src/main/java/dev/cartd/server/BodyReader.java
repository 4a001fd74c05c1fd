package dev.cartd.server;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;

/**
 * Reads a body as it comes, holding no thread while it does not. Once the body is refused the answer is sent at once,
 * and what the client still sends is thrown away for a while: were its connection reset, it would never read the
 * answer.
 */
final class BodyReader implements ReadListener {
    // No larger than what Jetty reads at once: there is one for each body that is coming in.
    private static final int BUFFER = 8 * 1024;

    /** Where a body goes. Whatever one of its methods throws refuses the request. */
    interface Sink {
        /** Takes bytes; answers how many. The rest, a few bytes, comes again before those that follow. */
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
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private final byte[] buffer = new byte[BUFFER];
    private int kept;
    private boolean refused;

    BodyReader(Exchange exchange, BodyLimits.Allowance allowance, Sink sink) {
        this.exchange = exchange;
        this.allowance = allowance;
        this.sink = sink;
        try {
            this.in = exchange.request().getInputStream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads; the request must be asynchronous by now. The future completes when it is answered. */
    CompletableFuture<Void> start() {
        in.setReadListener(this);
        return over;
    }

    /** Answers at once, and reads only to throw away. */
    CompletableFuture<Void> refuse(Throwable failure) {
        refuse(failure, true);
        return start();
    }

    @Override
    public void onDataAvailable() throws IOException {
        while (!over.isDone() && in.isReady() && !in.isFinished()) {
            int read = in.read(buffer, kept, BUFFER - kept);
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
        int length = kept + read;
        int taken = sink.take(buffer, length);
        kept = length - taken;
        System.arraycopy(buffer, taken, buffer, 0, kept);
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
        // What it holds of the body is not held while the rest of that is thrown away.
        sink = NOWHERE;
        kept = 0;
        allowance.linger();
        try {
            exchange.refuse(failure, moreComes);
        } catch (IOException e) {
            // The client is gone: there is nobody to answer.
            end();
        }
    }

    private void end() {
        allowance.close();
        over.complete(null);
    }
}
