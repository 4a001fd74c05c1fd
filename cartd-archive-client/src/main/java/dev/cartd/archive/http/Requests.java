package dev.cartd.archive.http;

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
import okhttp3.Dns;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Sends requests, each within a deadline and no more at once than allowed, and throws failures as {@link
 * ArchiveException}. Safe for use by many threads.
 */
public final class Requests implements AutoCloseable {
    private static final Duration MAX_CONNECT = Duration.ofSeconds(10);
    // Servers keep idle connections open for longer, so few of the kept connections turn out to be closed.
    private static final Duration KEEP_IDLE = Duration.ofSeconds(3);

    private final OkHttpClient client;
    private final Duration timeout;
    private final Semaphore permits;
    private final Set<Call> underWay = ConcurrentHashMap.newKeySet();

    /**
     * Creates a client; connects only when a request is sent.
     *
     * @param timeout how long to wait for the next byte; from a millisecond to a day
     * @param maxRequests the maximum number of concurrent requests; 1 or more
     * @param zone the network interface for reaching link-local addresses
     * @throws IllegalArgumentException if a value is out of range
     */
    public Requests(Duration timeout, int maxRequests, Optional<String> zone) {
        this(timeout, maxRequests, zone, chain -> chain.proceed(chain.request()));
    }

    /**
     * Creates a client that follows some redirects.
     *
     * @param redirects decides which
     * @throws IllegalArgumentException as {@link #Requests(Duration, int, Optional)}
     */
    public Requests(Duration timeout, int maxRequests, Optional<String> zone, Redirects redirects) {
        this(timeout, maxRequests, zone, (Interceptor) redirects);
    }

    private Requests(Duration timeout, int maxRequests, Optional<String> zone, Interceptor redirects) {
        Limits.check(timeout, maxRequests);
        this.timeout = timeout;
        this.permits = new Semaphore(maxRequests, true);
        this.client = new OkHttpClient.Builder()
                .protocols(List.of(Protocol.HTTP_1_1))
                .connectionPool(new ConnectionPool(maxRequests, KEEP_IDLE.toMillis(), TimeUnit.MILLISECONDS))
                .dns(new Lookup(Dns.SYSTEM, timeout.compareTo(MAX_CONNECT) < 0 ? timeout : MAX_CONNECT))
                .socketFactory(new MeteredSockets(zone))
                .followRedirects(false)
                .connectTimeout(timeout.compareTo(MAX_CONNECT) < 0 ? timeout : MAX_CONNECT)
                .readTimeout(timeout)
                .writeTimeout(timeout)
                .addInterceptor(redirects)
                .addNetworkInterceptor(Requests::sanitized)
                .build();
    }

    /**
     * Works around two faults of the library: it repeats a request by itself after a 408 without {@code Retry-After} or
     * a 503 with {@code Retry-After: 0}, and it does not expect a negative {@code Content-Length}.
     */
    private static Response sanitized(Interceptor.Chain chain) throws IOException {
        Response response = proceed(chain);
        if (response.body().contentLength() < -1) {
            throw new ProtocolException("Content-Length is negative");
        }
        return response.code() == 408 || response.code() == 503
                ? response.newBuilder().header("Retry-After", "1").build()
                : response;
    }

    /** The library throws the wrong exceptions for some invalid heads, for example one with a negative status. */
    private static Response proceed(Interceptor.Chain chain) throws IOException {
        try {
            return chain.proceed(chain.request());
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw new ProtocolException("its head is not valid HTTP");
        }
    }

    /**
     * Sends a request and returns the result of {@code reader} for the response.
     *
     * @throws ArchiveException if there is no answer in time, or {@code reader} throws it
     */
    public <T> T ask(Request request, Function<Response, T> reader) {
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

    /**
     * Sends a request, passes the response to {@code check}, and returns its content. The request counts as under way
     * until the content is closed.
     *
     * @throws ArchiveException if there is no answer in time, or {@code check} throws it
     */
    public InputStream open(Request request, Consumer<Response> check) {
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
        acquirePermit();
        Call call = client.newCall(request);
        underWay.add(call);
        return call;
    }

    private void end(Call call) {
        underWay.remove(call);
        permits.release();
    }

    private void acquirePermit() {
        try {
            if (!permits.tryAcquire(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new ArchiveException.Unreachable(
                        "no other request may be sent while those under way go on: none ended for "
                                + Limits.text(timeout));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ArchiveException.Unreachable("interrupted", e);
        }
    }

    private <T> T within(Call call, Deadline.Work<T> work) {
        Duration limit = timeout.multipliedBy(3);
        try {
            MeteredSockets.nextStep();
            return Deadline.run(call, limit, work);
        } catch (ProtocolException e) {
            throw ArchiveException.Refused.damaged(
                    OneLine.of("the archive's answer makes no sense: " + e.getMessage()));
        } catch (IOException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw new ArchiveException.Unreachable("interrupted", e);
            }
            HttpUrl url = call.request().url();
            String what = OneLine.of(url.host() + ":" + url.port() + ": " + RequestFailure.text(e, timeout));
            throw RequestFailure.beforeTheRequest(e)
                    ? new ArchiveException.Unreachable(what, e)
                    : ArchiveException.Unreachable.midway(what, e);
        }
    }

    /** Cancels all requests under way, including open contents, and closes idle connections. */
    @Override
    public void close() {
        underWay.forEach(Call::cancel);
        client.connectionPool().evictAll();
    }
}
