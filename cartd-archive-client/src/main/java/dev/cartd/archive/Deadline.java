package dev.cartd.archive;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okio.AsyncTimeout;

/** Cancels a call that takes too long: one that sends a byte now and then would never be found silent. */
final class Deadline extends AsyncTimeout {
    private final Call call;

    private Deadline(Call call) {
        this.call = call;
    }

    /** What is done with a call. */
    @FunctionalInterface
    interface Work<T> {
        /** Does it. */
        T run() throws IOException;
    }

    /** Does the work, and fails with an {@link InterruptedIOException} if it is not done within the limit. */
    static <T> T run(Call call, Duration limit, Work<T> work) throws IOException {
        Deadline deadline = new Deadline(call);
        deadline.timeout(limit.toMillis(), TimeUnit.MILLISECONDS);
        deadline.enter();
        try {
            return work.run();
        } catch (IOException e) {
            if (deadline.exit()) {
                throw new InterruptedIOException("no whole answer within " + Failure.text(limit));
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
