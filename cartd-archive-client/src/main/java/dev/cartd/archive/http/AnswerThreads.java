package dev.cartd.archive.http;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;

/**
 * Runs blocking work on threads of its own, so that the calling thread can be interrupted: a thread that reads from a
 * socket cannot. Safe for use by many threads.
 */
final class AnswerThreads {
    private static final long KEEP_IDLE_SECONDS = 10;

    private final ExecutorService threads = new ThreadPoolExecutor(
            0, Integer.MAX_VALUE, KEEP_IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), AnswerThreads::daemon);

    /**
     * Runs {@code work}, which waits for the answer to {@code call}, and returns its result.
     *
     * @throws InterruptedIOException if the calling thread is interrupted: {@code call} is cancelled then, and a result
     *     that comes nevertheless is closed
     * @throws IOException if the work fails
     */
    <T> T await(Call call, Deadline.Work<T> work) throws IOException {
        CompletableFuture<T> answer = CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return work.run();
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    }
                },
                threads);
        try {
            return answer.get();
        } catch (InterruptedException e) {
            call.cancel();
            CompletableFuture<Void> unused = answer.thenAccept(value -> {
                if (value instanceof Closeable open) {
                    close(open);
                }
            });
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw thrown(cause == null ? e : cause);
        }
    }

    private static IOException thrown(Throwable cause) {
        if (cause instanceof RuntimeException e) {
            throw e;
        }
        if (cause instanceof Error e) {
            throw e;
        }
        return cause instanceof IOException e ? e : new IOException(cause);
    }

    private static void close(Closeable open) {
        try {
            open.close();
        } catch (IOException e) {
            // The result is not needed.
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "cartd-answer");
        thread.setDaemon(true);
        return thread;
    }
}
