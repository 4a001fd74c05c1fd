package dev.cartd.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.cartd.Cartd;
import dev.cartd.CartdBuilder;
import dev.cartd.Quick;
import dev.cartd.ScriptedArchive;
import dev.cartd.Waiting;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.FileStatus;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;

/** A real server in front of a real {@link Cartd}, whose archive does what a test tells it to. */
final class Serving implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    final ScriptedArchive archive = new ScriptedArchive();
    final Cartd cartd;
    final CartdServer server;
    private final HttpClient client = HttpClient.newHttpClient();

    /** Works on its carts. */
    Serving(Path volume) {
        this(volume, Running.CONFIG, true);
    }

    private Serving(Path volume, ServerConfig config, boolean works) {
        CartdBuilder builder = Quick.builder(archive, volume);
        cartd = works ? builder.start() : builder.open();
        server = CartdServer.start(cartd, config);
    }

    /** Works on its carts, with these settings of the server. */
    static Serving with(Path volume, ServerConfig config) {
        return new Serving(volume, config, true);
    }

    /** Accepts carts, and does no work on them. */
    static Serving idle(Path volume, ServerConfig config) {
        return new Serving(volume, config, false);
    }

    Cart awaitReady(CartRequest request) {
        cartd.submit(request);
        Waiting.await()
                .untilAsserted(() -> assertThat(cart(request.uid()).status())
                        .as(cart(request.uid()).reason())
                        .isEqualTo(CartStatus.READY));
        return cart(request.uid());
    }

    /** Waits until so many files of a cart are staged. */
    void awaitStaged(CartRequest request, int files) {
        Waiting.await()
                .untilAsserted(() -> assertThat(
                                cartd.details().counts(cart(request.uid())).staged())
                        .isEqualTo(files));
    }

    void awaitFile(String uid, FileStatus status) {
        Waiting.await()
                .untilAsserted(() -> assertThat(cartd.details().files(cart(uid), 0, Optional.of(status), 1))
                        .isNotEmpty());
    }

    Cart cart(String uid) {
        return cartd.status(uid).orElseThrow();
    }

    HttpResponse<byte[]> ask(String method, String target, String... headers) throws IOException {
        return send(method, url(target), headers);
    }

    /** Asks another server. */
    HttpResponse<byte[]> getFrom(String url, String... headers) throws IOException {
        return send("GET", url, headers);
    }

    private HttpResponse<byte[]> send(String method, String url, String... headers) throws IOException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url)).method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    String url(String target) {
        return "http://127.0.0.1:" + server.port() + target;
    }

    HttpResponse<byte[]> get(String target, String... headers) throws IOException {
        return ask("GET", target, headers);
    }

    JsonNode json(String target) throws IOException {
        return JSON.readTree(get(target).body());
    }

    static JsonNode json(HttpResponse<byte[]> reply) throws IOException {
        return JSON.readTree(reply.body());
    }

    static String text(HttpResponse<byte[]> reply) {
        return new String(reply.body(), StandardCharsets.UTF_8);
    }

    static String header(HttpResponse<byte[]> reply, String name) {
        return reply.headers().firstValue(name).orElse("(none)");
    }

    @Override
    public void close() {
        server.close();
        cartd.close();
    }
}
