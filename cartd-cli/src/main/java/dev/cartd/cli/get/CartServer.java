package dev.cartd.cli.get;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.cartd.cart.FailureText;
import dev.cartd.cli.config.FailedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import okhttp3.ConnectionPool;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.Buffer;
import okio.ForwardingSource;
import okio.Okio;
import okio.Source;

/**
 * Asks the server of a cart. Each method throws {@link ServerAway} if the request may succeed later, and {@link
 * FailedException} if it cannot. Uses the proxies and certificates that Java is set up with; follows no redirect, so
 * that a password goes to one server only. Safe for use by many threads.
 */
final class CartServer implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration SILENCE = Duration.ofSeconds(60);
    /** A list of 100,000 files takes the server a while to store. */
    private static final Duration WHOLE_ANSWER = Duration.ofMinutes(5);
    /** A page of files has a million characters at most, and its addresses, in which each may take nine. */
    private static final long MOST_JSON = 32L << 20;

    private static final long MOST_MESSAGE = 1L << 16;

    private final CartLink link;
    private final Optional<String> authorization;
    private final OkHttpClient downloads;
    private final OkHttpClient questions;

    /**
     * @param authorization the value of the header {@code Authorization}, if there is one
     * @param connections the most connections for downloads
     */
    CartServer(CartLink link, Optional<String> authorization, int connections) {
        this.link = link;
        this.authorization = authorization;
        this.downloads = new OkHttpClient.Builder()
                .protocols(List.of(Protocol.HTTP_1_1))
                .connectionPool(new ConnectionPool(connections + 1, 3, TimeUnit.SECONDS))
                .followRedirects(false)
                .followSslRedirects(false)
                .connectTimeout(CONNECT)
                .readTimeout(SILENCE)
                .writeTimeout(SILENCE)
                .addNetworkInterceptor(CartServer::proceed)
                .build();
        this.questions = downloads.newBuilder().callTimeout(WHOLE_ANSWER).build();
    }

    /**
     * The library throws the wrong exceptions for some invalid heads: for one with a negative status at once, and for
     * one with a negative {@code Content-Length} only when its body is read.
     */
    private static Response proceed(Interceptor.Chain chain) throws IOException {
        Response response;
        try {
            response = chain.proceed(chain.request());
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw new IOException("its answer is no HTTP");
        }
        if (response.body().contentLength() < -1) {
            throw new IOException("its answer is no HTTP");
        }
        return response;
    }

    CartLink link() {
        return link;
    }

    /** The cart as it is now. */
    CartState state() throws ServerAway {
        return read(link.view(), Answers::state);
    }

    /**
     * A page of the files of the cart.
     *
     * @param number the number of the cart
     * @param after the number of the last file of the page before
     * @param state the state that the files are in; empty for any
     */
    FilePage page(long number, long after, Optional<String> state) throws ServerAway {
        return read(link.page(number, after, state), body -> Answers.page(body, after));
    }

    private interface Reader<T> {
        T read(InputStream body) throws IOException;
    }

    private <T> T read(HttpUrl url, Reader<T> reader) throws ServerAway {
        try (Response response = send(questions, any(url).build())) {
            switch (response.code()) {
                case 200 -> {
                    return reader.read(bounded(response, MOST_JSON));
                }
                case 404, 410 -> throw gone(response);
                case 409 ->
                    throw new FailedException(
                            "another cart was made under this uid meanwhile: run the command again to fetch that one");
                default -> throw refused(response);
            }
        } catch (JsonProcessingException e) {
            throw new FailedException("what is at " + link + " does not answer like a cart server");
        } catch (IOException e) {
            throw away(e);
        }
    }

    /** Makes the cart from a list of files, or joins it if it is there. */
    void post(Path list) throws ServerAway {
        RequestBody body = RequestBody.create(list.toFile(), MediaType.get("application/json"));
        try (Response response = send(questions, request(link.cart()).post(body).build())) {
            if (response.code() != 201) {
                throw refused(response);
            }
        }
    }

    /**
     * Begins a download, from a byte on.
     *
     * @param etag the download goes on only if this is still the ETag, and otherwise begins anew; empty to go on anyway
     */
    Download open(HttpUrl url, long from, Optional<String> etag) throws ServerAway {
        Request.Builder request = request(url);
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
            etag.ifPresent(known -> request.header("If-Range", known));
        }
        return new Download(this, send(downloads, request.build()));
    }

    /** A request whose answer comes as it is, not compressed. */
    private Request.Builder request(HttpUrl url) {
        return any(url).header("Accept-Encoding", "identity");
    }

    /** A request whose answer may come compressed; the library unpacks it while it is read. */
    private Request.Builder any(HttpUrl url) {
        Request.Builder request = new Request.Builder().url(url);
        authorization.ifPresent(value -> request.header("Authorization", value));
        return request;
    }

    private Response send(OkHttpClient client, Request request) throws ServerAway {
        Response response;
        try {
            response = client.newCall(request).execute();
        } catch (IOException e) {
            throw away(e);
        }
        try {
            check(response);
            return response;
        } catch (ServerAway | RuntimeException e) {
            response.close();
            throw e;
        }
    }

    private void check(Response response) throws ServerAway {
        int code = response.code();
        if (code == 401 || code == 403 || code == 407) {
            throw refused(response);
        }
        if (code >= 300 && code < 400) {
            Optional<HttpUrl> to = Optional.ofNullable(response.header("Location"))
                    .map(location -> response.request().url().resolve(location));
            throw new FailedException("the server sends elsewhere"
                    + to.map(url -> ", to " + url.scheme() + "://" + url.host() + ":" + url.port())
                            .orElse("")
                    + ": use the address that it sends to");
        }
        if (code >= 500 || code == 408 || code == 425 || code == 429) {
            throw new ServerAway(answer(response));
        }
    }

    /** The exception for an answer that the cart is not there. */
    FailedException gone(Response response) {
        String message = message(response);
        return new FailedException(
                message.isEmpty() ? "there is no cart at " + link : "the cart " + link + " is gone: " + message);
    }

    /** The exception for an answer that will be the same the next time. */
    FailedException refused(Response response) {
        return new FailedException("the server refuses: " + answer(response));
    }

    private static String answer(Response response) {
        String message = message(response);
        return "it answers " + response.code() + (message.isEmpty() ? "" : ": " + message);
    }

    static String message(Response response) {
        return Answers.message(bounded(response, MOST_MESSAGE));
    }

    private static InputStream bounded(Response response, long most) {
        return Okio.buffer(new BoundedSource(response.body().source(), most)).inputStream();
    }

    /** The exception for a request that failed on its way. */
    ServerAway away(IOException e) {
        if (e instanceof SSLHandshakeException || e instanceof SSLPeerUnverifiedException) {
            throw new FailedException("the server is not trusted: " + Shown.line(FailureText.withoutName(e)));
        }
        HttpUrl url = link.cart();
        return new ServerAway(url.host() + ":" + url.port() + ": " + Shown.line(FailureText.withoutName(e)));
    }

    /** Cancels all requests under way. */
    @Override
    public void close() {
        downloads.dispatcher().cancelAll();
        downloads.connectionPool().evictAll();
    }

    /** A body that fails when it turns out to be longer than it may be. */
    private static final class BoundedSource extends ForwardingSource {
        private long left;

        BoundedSource(Source source, long most) {
            super(source);
            this.left = most;
        }

        @Override
        public long read(Buffer sink, long count) throws IOException {
            long read = super.read(sink, count);
            left -= Math.max(0, read);
            if (left < 0) {
                throw new IOException("its answer is too long");
            }
            return read;
        }
    }

    /** The server cannot be reached or cannot answer now: it is asked again later. The message is one line. */
    static final class ServerAway extends Exception {
        private static final long serialVersionUID = 1;

        ServerAway(String message) {
            super(message);
        }

        @Override
        public String getMessage() {
            return Objects.requireNonNull(super.getMessage());
        }
    }
}
