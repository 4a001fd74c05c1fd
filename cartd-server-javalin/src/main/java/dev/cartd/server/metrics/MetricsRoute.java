package dev.cartd.server.metrics;

import dev.cartd.server.http.Exchange;
import dev.cartd.server.http.Problems;
import dev.cartd.server.http.Refused;
import dev.cartd.server.http.ShortResponse;
import dev.cartd.system.Timeline;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpStatus;

/**
 * Answers with metrics. They may wait for the database, so one thread of its own reads them, for one request after the
 * other; a few more requests may wait for it, and others are refused.
 */
public final class MetricsRoute implements AutoCloseable {
    private static final int MOST_WAITING = 8;

    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1,
            1,
            60,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            Timeline.daemons("cartd-metrics", false));

    /** A route without metrics. */
    public MetricsRoute() {
        thread.allowCoreThreadTimeOut(true);
    }

    /**
     * Answers later.
     *
     * @param metrics the response for this value of {@code Accept}
     * @throws Refused with 405 for another method than GET and HEAD
     */
    public void answer(Exchange exchange, Function<String, ShortResponse> metrics) {
        exchange.requireReading();
        String accept = Objects.requireNonNullElse(exchange.request().getHeader("Accept"), "");
        CompletableFuture<Void> over = new CompletableFuture<>();
        exchange.later(() -> {
            try {
                thread.execute(() -> send(exchange, metrics, accept, over));
            } catch (RejectedExecutionException e) {
                exchange.failOrCut(refusal());
                over.complete(null);
            }
            return over;
        });
    }

    private Refused refusal() {
        return new Refused(
                HttpStatus.SERVICE_UNAVAILABLE_503,
                thread.isShutdown()
                        ? "The server is stopping."
                        : "Too many requests for metrics wait, try again later.",
                Map.of(Problems.RETRY_AFTER, "10"));
    }

    private void send(
            Exchange exchange, Function<String, ShortResponse> metrics, String accept, CompletableFuture<Void> over) {
        try {
            if (thread.isShutdown()) {
                throw refusal();
            }
            exchange.send(metrics.apply(accept));
        } catch (IOException | RuntimeException | Error e) {
            exchange.failOrCut(e);
        } finally {
            over.complete(null);
        }
    }

    /** Ends the thread, interrupts it, and refuses the requests that wait for it. */
    @Override
    public void close() {
        thread.shutdownNow().forEach(Runnable::run);
    }
}
