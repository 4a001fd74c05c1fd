package dev.cartd.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** A real server on a free port, in front of carts that a test makes up. */
final class Running implements AutoCloseable {
    private static final Optional<Path> NO_LOG = Optional.empty();
    static final Duration KEEP_MAX = Duration.ofDays(14);

    static final ServerConfig CONFIG =
            config("127.0.0.1", 0, 1_000_000, 1000, 1000, Duration.ofSeconds(30), Duration.ofSeconds(5), NO_LOG);

    final FakeCarts carts = new FakeCarts();
    final CartdServer server;

    Running() {
        this(CONFIG);
    }

    Running(ServerConfig config) {
        server = CartdServer.start(carts, config);
    }

    static ServerConfig at(String address, int port) {
        return config(address, port, 1_000_000, 1000, 1000, CONFIG.idleTimeout(), CONFIG.stopTimeout(), NO_LOG);
    }

    static ServerConfig limits(long maxRequestSize, int maxFiles, int maxDownloads) {
        Duration idle = CONFIG.idleTimeout();
        return config("127.0.0.1", 0, maxRequestSize, maxFiles, maxDownloads, idle, CONFIG.stopTimeout(), NO_LOG);
    }

    static ServerConfig times(Duration idle, Duration stop) {
        return config("127.0.0.1", 0, 1_000_000, 1000, 1000, idle, stop, NO_LOG);
    }

    static ServerConfig logging(Path log) {
        Duration idle = CONFIG.idleTimeout();
        return config("127.0.0.1", 0, 1_000_000, 1000, 1000, idle, CONFIG.stopTimeout(), Optional.of(log));
    }

    static ServerConfig keeping(Duration most) {
        return new ServerConfig(
                CONFIG.address(),
                0,
                CONFIG.threads(),
                CONFIG.maxRequestSize(),
                CONFIG.maxFiles(),
                CONFIG.maxDownloads(),
                CONFIG.idleTimeout(),
                CONFIG.stopTimeout(),
                most,
                CONFIG.bundleDefault(),
                CONFIG.version(),
                NO_LOG);
    }

    private static ServerConfig config(
            String address,
            int port,
            long maxRequestSize,
            int maxFiles,
            int maxDownloads,
            Duration idle,
            Duration stop,
            Optional<Path> log) {
        return new ServerConfig(
                address, port, 10, maxRequestSize, maxFiles, maxDownloads, idle, stop, KEEP_MAX, false, "1.2.3", log);
    }

    Wire connect() throws IOException {
        return new Wire(server.port());
    }

    /** Waits for what must come to be soon. */
    static ConditionFactory soon() {
        return Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5));
    }

    /** One request without a body on a connection of its own. */
    Reply ask(String method, String target, String... headers) throws IOException {
        try (Wire wire = connect()) {
            wire.say(request(method, target, headers) + "\r\n");
            return method.equals("HEAD") ? wire.headReply() : wire.reply();
        }
    }

    /** A POST with this body. */
    Reply post(String target, String body, String... headers) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        try (Wire wire = connect()) {
            wire.say(request("POST", target, headers) + "Content-Length: " + bytes.length + "\r\n\r\n");
            return wire.say(bytes).reply();
        }
    }

    static String request(String method, String target, String... headers) {
        StringBuilder request = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: cartd\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        return request.toString();
    }

    @Override
    public void close() {
        server.close();
    }
}
