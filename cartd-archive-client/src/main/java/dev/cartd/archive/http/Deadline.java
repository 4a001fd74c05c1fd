package dev.cartd.archive.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okio.AsyncTimeout;

/**
 * Cancels a call after a time limit. A read timeout is not enough: an archive that sends a byte now and then would
 * never exceed it.
 */
final class Deadline extends AsyncTimeout {
    private final Call call;

    private Deadline(Call call) {
        this.call = call;
    }

    /** Blocking work on a call. */
    @FunctionalInterface
    interface Work<T> {
        /**
         * Does the work.
         *
         * @throws IOException if it fails or the call is cancelled
         */
        T run() throws IOException;
    }

    /**
     * Runs {@code work} and returns its result.
     *
     * @throws InterruptedIOException if the work does not end within {@code limit}
     * @throws IOException if the work fails
     */
    static <T> T run(Call call, Duration limit, Work<T> work) throws IOException {
        Deadline deadline = new Deadline(call);
        deadline.timeout(limit.toMillis(), TimeUnit.MILLISECONDS);
        deadline.enter();
        try {
            return work.run();
        } catch (IOException e) {
            if (deadline.exit()) {
                throw new InterruptedIOException("no whole answer within " + RequestFailure.text(limit));
            }
            throw e;
        } finally {
            deadline.exit();
        }
    }

    @Override
    protected void timedOut() {
        call.cancel();
    }
}
