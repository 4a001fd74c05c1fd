package dev.cartd.archive.mount;

import dev.cartd.archive.http.Limits;
import dev.cartd.spi.ArchiveException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Calls of a file system that may never return, each on a thread of its own: such a call notices neither a timeout nor
 * an interrupt. Safe for use by many threads.
 */
final class Calls {
    private static final int IDLE_SECONDS = 5;

    private final String name;
    private final Duration timeout;
    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), Calls::thread);

    /** One for each call that did not return yet. */
    private final Semaphore permits;

    Calls(String name, Duration timeout, int most) {
        this.name = name;
        this.timeout = timeout;
        this.permits = new Semaphore(most);
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "cartd-mount");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Makes a call and waits for what it returns.
     *
     * @param late takes what the call returns after nobody waits any more
     * @throws ArchiveException that of the call, or {@code Unreachable} if there is no answer in time
     */
    <T> T answer(Callable<T> call, Consumer<T> late) {
        try {
            return await(begin(call, late));
        } catch (IOException e) {
            throw new ArchiveException.Unreachable(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Begins a call, as soon as there are not too many.
     *
     * @param late takes what the call returns after the future was completed by somebody else
     * @throws IOException if none of the calls before returns in time, this thread is interrupted, or the archive is
     *     closed
     */
    <T> CompletableFuture<T> begin(Callable<T> call, Consumer<T> late) throws IOException {
        acquirePermit();
        CompletableFuture<T> answer = new CompletableFuture<>();
        boolean isBegun = false;
        try {
            threads.execute(() -> run(call, answer, late));
            isBegun = true;
        } catch (RejectedExecutionException e) {
            throw new IOException("the archive is closed", e);
        } catch (OutOfMemoryError e) {
            throw new IOException("this machine has no thread left to read " + name, e);
        } finally {
            if (!isBegun) {
                permits.release();
            }
        }
        return answer;
    }

    private void acquirePermit() throws IOException {
        try {
            if (!permits.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new IOException(name + " does not answer: look at its mount");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(e);
        }
    }

    private IOException interrupted(InterruptedException e) {
        return new IOException("interrupted while it waited for " + name, e);
    }

    /** Releases the permit first: who gets the answer may begin the next call. */
    private <T> void run(Callable<T> call, CompletableFuture<T> answer, Consumer<T> late) {
        T value;
        try {
            value = call.call();
        } catch (Throwable e) {
            permits.release();
            answer.completeExceptionally(e);
            return;
        }
        permits.release();
        if (!answer.complete(value)) {
            late.accept(value);
        }
    }

    /**
     * Waits for the answer of a call, and gives it up if none comes.
     *
     * @throws IOException if there is none in time, or this thread is interrupted, or the call fails with one
     */
    <T> T await(CompletableFuture<T> answer) throws IOException {
        try {
            return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return givenUp(
                    answer,
                    new IOException(name + " did not answer for " + Limits.text(timeout) + ": look at its mount", e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return givenUp(answer, interrupted(e));
        } catch (ExecutionException e) {
            throw thrown(e);
        }
    }

    /** The answer if it came just now; from now on a later one is nobody's. */
    private static <T> T givenUp(CompletableFuture<T> answer, IOException why) throws IOException {
        if (answer.completeExceptionally(why)) {
            throw why;
        }
        try {
            return answer.join();
        } catch (RuntimeException e) {
            throw why;
        }
    }

    private static IOException thrown(ExecutionException e) {
        Throwable cause = e.getCause();
        if (cause instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof IOException failure ? failure : new IOException(cause);
    }

    static void close(InputStream file) {
        try {
            file.close();
        } catch (IOException e) {
            // It was only read: there is nothing to lose.
        }
    }

    /** Begins no further call. */
    void end() {
        threads.shutdown();
    }
}
