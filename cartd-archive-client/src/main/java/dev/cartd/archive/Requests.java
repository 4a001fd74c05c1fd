package dev.cartd.archive;

import dev.cartd.spi.ArchiveException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;

/** Sends requests, a bounded number at once and each with a deadline, and says of a failure which kind it is. */
final class Requests {
    private static final Duration MAX_TIMEOUT = Duration.ofDays(1);
    private static final Duration MAX_CONNECT = Duration.ofSeconds(10);
    // Shorter than any server keeps an idle connection, so that few are found closed.
    private static final Duration KEEP_IDLE = Duration.ofSeconds(3);

    private final OkHttpClient client;
    private final Duration timeout;
    private final Semaphore turns;
    private final Answering answering = new Answering();
    private final Set<Call> underWay = ConcurrentHashMap.newKeySet();

    Requests(Duration timeout, int maxRequests, Optional<String> zone) {
        if (timeout.toMillis() < 1 || timeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException("the archive's timeout must be from a millisecond to a day");
        }
        if (maxRequests < 1) {
            throw new IllegalArgumentException("the archive needs at least one request at once");
        }
        this.timeout = timeout;
        this.turns = new Semaphore(maxRequests, true);
        this.client = new OkHttpClient.Builder()
                .protocols(List.of(Protocol.HTTP_1_1))
                .connectionPool(new ConnectionPool(maxRequests, KEEP_IDLE.toMillis(), TimeUnit.MILLISECONDS))
                .socketFactory(new MeteredSockets(zone))
                .followRedirects(false)
                .connectTimeout(timeout.compareTo(MAX_CONNECT) < 0 ? timeout : MAX_CONNECT)
                .readTimeout(timeout)
                .writeTimeout(timeout)
                .addNetworkInterceptor(Requests::tamed)
                .build();
    }

    /**
     * The library repeats a request by itself where a 408 does not say when, or a 503 says at once; and it stumbles
     * over a length below zero.
     */
    private static Response tamed(Interceptor.Chain chain) throws IOException {
        Response response = proceed(chain);
        if (response.body().contentLength() < -1) {
            throw new ProtocolException("Content-Length is below zero");
        }
        return response.newBuilder().header("Retry-After", "1").build();
    }

    /** Some heads that cannot be, a status below zero say, the library finds out too late to call them that. */
    private static Response proceed(Interceptor.Chain chain) throws IOException {
        try {
            return chain.proceed(chain.request());
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw new ProtocolException("its head is none of HTTP");
        }
    }

    /** Sends a request and has its answer read. */
    <T> T ask(Request request, Function<Response, T> reader) {
        Call call = begin(request);
        try {
            return within(call, () -> read(call, reader));
        } finally {
            end(call);
        }
    }

    private static <T> T read(Call call, Function<Response, T> reader) throws IOException {
        try (Response response = call.execute()) {
            return reader.apply(response);
        }
    }

    /** Sends a request and answers its content, unless {@code check} throws. It is under way until that is closed. */
    InputStream open(Request request, Consumer<Response> check) {
        Call call = begin(request);
        boolean opened = false;
        try {
            InputStream content = within(call, () -> content(call, check));
            opened = true;
            return content;
        } finally {
            if (!opened) {
                end(call);
            }
        }
    }

    private InputStream content(Call call, Consumer<Response> check) throws IOException {
        Response response = call.execute();
        try {
            check.accept(response);
            return new PulledStream(call, response, timeout, () -> end(call));
        } catch (RuntimeException e) {
            response.close();
            throw e;
        }
    }

    private Call begin(Request request) {
        takeTurn();
        Call call = client.newCall(request);
        underWay.add(call);
        return call;
    }

    private void end(Call call) {
        underWay.remove(call);
        turns.release();
    }

    private void takeTurn() {
        try {
            if (!turns.tryAcquire(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new ArchiveException.Unreachable(
                        "no other request may be sent while those under way go on: none ended for "
                                + Failure.text(timeout));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ArchiveException.Unreachable("interrupted", e);
        }
    }

    private <T> T within(Call call, Deadline.Work<T> work) {
        Duration limit = timeout.multipliedBy(3);
        try {
            return answering.await(call, () -> {
                MeteredSockets.nextStep();
                return Deadline.run(call, limit, work);
            });
        } catch (ProtocolException e) {
            throw ArchiveException.Refused.damaged(
                    OneLine.of("the archive's answer makes no sense: " + e.getMessage()));
        } catch (IOException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw new ArchiveException.Unreachable("interrupted", e);
            }
            HttpUrl url = call.request().url();
            String what = OneLine.of(url.host() + ":" + url.port() + ": " + Failure.text(e, timeout));
            throw Failure.beforeTheRequest(e)
                    ? new ArchiveException.Unreachable(what, e)
                    : ArchiveException.Unreachable.midway(what, e);
        }
    }

    /** Cuts what is under way. */
    void close() {
        underWay.forEach(Call::cancel);
        client.connectionPool().evictAll();
    }
}
