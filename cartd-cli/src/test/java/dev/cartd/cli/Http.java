package dev.cartd.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** A well-behaved client of one server. Paths are what follows the first slash, as they go over the wire. */
final class Http {
    private static final HttpClient CLIENT = newClient();
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final int port;
    private final Supplier<HttpClient> client;

    Http(int port) {
        this(port, () -> CLIENT);
    }

    private Http(int port, Supplier<HttpClient> client) {
        this.port = port;
        this.client = client;
    }

    /** A connection for each request: a proxy may close one that is kept just when it is used for another. */
    static Http withoutKeepAlive(int port) {
        return new Http(port, Http::newClient);
    }

    private static HttpClient newClient() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    Reply get(String path, String... headers) throws IOException {
        return ask("GET", path, BodyPublishers.noBody(), headers);
    }

    Reply head(String path, String... headers) throws IOException {
        return ask("HEAD", path, BodyPublishers.noBody(), headers);
    }

    Reply delete(String path) throws IOException {
        return ask("DELETE", path, BodyPublishers.noBody());
    }

    Reply post(String path, String body, String... headers) throws IOException {
        return ask("POST", path, BodyPublishers.ofString(body), headers);
    }

    Reply ask(String method, String path, BodyPublisher body, String... headers) throws IOException {
        HttpResponse<byte[]> response = ask(method, path, body, BodyHandlers.ofByteArray(), headers);
        Map<String, String> named = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        response.headers().map().forEach((name, values) -> named.put(name, String.join(", ", values)));
        return new Reply(response.statusCode(), named, response.body());
    }

    <T> HttpResponse<T> ask(String method, String path, BodyPublisher body, BodyHandler<T> handler, String... headers)
            throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/" + path))
                .timeout(PATIENCE)
                .method(method, body);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        try {
            return client.get().send(request.build(), handler);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** Makes a cart, and expects that it is taken. */
    void order(String uid, String body) throws IOException {
        Reply reply = post(uid, body);
        assertThat(reply.text()).isEqualTo("{\"message\": \"Cart Processing has begun\"}");
        assertThat(reply.status()).isEqualTo(201);
    }

    /** Waits until HEAD answers this: status, word and message. */
    void awaitAnswer(String uid, String expected) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(head(uid).pacifica()).isEqualTo(expected));
    }

    /** Waits until the cart is ready; fails at once if it is in error. */
    void awaitReady(String uid) {
        await(uid).atMost(PATIENCE).until(() -> head(uid), reply -> {
            assertThat(reply.status()).as(reply.pacifica()).isNotEqualTo(500);
            return reply.pacifica().equals("204 ready");
        });
    }
}
