package dev.cartd.cli.notify;

import dev.cartd.cart.FailureText;
import dev.cartd.spi.Notice;
import dev.cartd.system.Network;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.Dns;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * Posts notices. It follows no redirect, uses no proxy, reads nothing of the answer but its head, and makes a connection
 * of its own for each notice, through {@link GuardedSockets}.
 */
final class Webhook implements AutoCloseable {
    private static final MediaType JSON = MediaType.get(CloudEvent.TYPE);
    private static final int REDIRECTS = 300;
    private static final int REFUSALS = 400;

    private final Signature signature;
    private final InstantSource clock;
    private final OkHttpClient client;

    /**
     * @param allowed addresses that are not public and may be connected to all the same
     * @param timeout how long a notice may take, the answer included
     */
    Webhook(Signature signature, List<Network> allowed, Duration timeout, Dns dns, InstantSource clock) {
        this.signature = signature;
        this.clock = clock;
        this.client = new OkHttpClient.Builder()
                .dns(dns)
                .socketFactory(new GuardedSockets(allowed))
                .proxy(Proxy.NO_PROXY)
                .followRedirects(false)
                .followSslRedirects(false)
                .retryOnConnectionFailure(false)
                // Others let one host answer for another.
                .protocols(List.of(Protocol.HTTP_1_1))
                .connectionPool(new ConnectionPool(0, 1, TimeUnit.SECONDS))
                .callTimeout(timeout)
                // Those of the library are shorter.
                .connectTimeout(timeout)
                .readTimeout(timeout)
                .writeTimeout(timeout)
                .build();
    }

    /** Posts a notice to a URL. */
    void send(HttpUrl url, Notice notice, String event) throws IOException {
        Instant now = clock.instant();
        Request request = new Request.Builder()
                .url(url)
                .header("User-Agent", "cartd")
                .header("webhook-id", notice.id())
                .header("webhook-timestamp", Long.toString(now.getEpochSecond()))
                .header("webhook-signature", signature.of(notice.id(), now, event))
                .post(RequestBody.create(event.getBytes(StandardCharsets.US_ASCII), JSON))
                .build();
        try (Response response = client.newCall(request).execute()) {
            check(url, response.code());
        } catch (InterruptedIOException e) {
            throw new IOException(place(url) + " did not answer within " + client.callTimeoutMillis() / 1000 + " s", e);
        } catch (Refusal e) {
            throw e;
        } catch (IOException e) {
            throw new IOException(place(url) + ": " + FailureText.withoutName(e), e);
        }
    }

    private static void check(HttpUrl url, int code) throws Refusal {
        if (code >= REFUSALS) {
            throw new Refusal(place(url) + " answers " + code);
        }
        if (code >= REDIRECTS) {
            throw new Refusal(place(url) + " answers " + code + ": redirects are not followed");
        }
    }

    /** The rest of a URL may be a secret. */
    private static String place(HttpUrl url) {
        return url.host() + ":" + url.port();
    }

    /** The receiver answered that it did not take the notice. */
    private static final class Refusal extends IOException {
        private static final long serialVersionUID = 1;

        Refusal(String message) {
            super(message);
        }
    }

    /** Cuts what is being sent. */
    @Override
    public void close() {
        client.dispatcher().cancelAll();
    }
}
