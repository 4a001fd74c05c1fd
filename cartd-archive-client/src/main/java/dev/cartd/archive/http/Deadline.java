package dev.cartd.archive.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okio.AsyncTimeout;

/**
 * Cancels a call after a time limit, or soon after its thread is interrupted. A read timeout is not enough: an archive
 * that sends a byte now and then never exceeds it. And a thread that reads from a socket does not notice an interrupt,
 * so Okio's thread, which watches all timeouts, checks for one.
 */
final class Deadline extends AsyncTimeout {
    private static final long CHECK_EVERY_MILLIS = 50;

    private final Thread caller = Thread.currentThread();
    private final Call call;
    private final long end;
    private boolean over;
    private boolean expired;

    private Deadline(Call call, Duration limit) {
        this.call = call;
        this.end = System.nanoTime() + limit.toNanos();
        timeout(Math.min(CHECK_EVERY_MILLIS, limit.toMillis()), TimeUnit.MILLISECONDS);
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
     * @throws IOException if the work fails, or the thread is interrupted while the work waits
     */
    static <T> T run(Call call, Duration limit, Work<T> work) throws IOException {
        Deadline deadline = new Deadline(call, limit);
        deadline.enter();
        try {
            return work.run();
        } catch (IOException e) {
            if (deadline.hasExpired()) {
                throw new InterruptedIOException("no whole answer within " + Limits.text(limit));
            }
            throw e;
        } catch (Exception e) {
            if (e instanceof InterruptedException) { // Not declared, since the library is written in Kotlin.
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted");
            }
            throw e;
        } finally {
            deadline.end();
        }
    }

    private synchronized boolean hasExpired() {
        return expired;
    }

    private synchronized void end() {
        over = true;
        exit();
    }

    @Override
    protected synchronized void timedOut() {
        if (over) {
            return;
        }
        expired = System.nanoTime() - end >= 0;
        if (expired || caller.isInterrupted()) {
            call.cancel();
        } else {
            exit();
            enter();
        }
    }
}
