package dev.cartd.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** A real server on a free port, in front of carts that a test makes up. */
final class Running implements AutoCloseable {
    static final Duration KEEP_MAX = Duration.ofDays(14);

    static final ServerConfig CONFIG = ServerConfig.DEFAULT
            .withPort(0)
            .withThreads(10)
            .withMaxRequestSize(1_000_000)
            .withMaxFiles(1000)
            .withIdleTimeout(Duration.ofSeconds(30))
            .withStopTimeout(Duration.ofSeconds(5))
            .withKeepMax(KEEP_MAX)
            .withLocalAdmin(true)
            .withVersion("1.2.3");

    final FakeCarts carts = new FakeCarts();
    final CartdServer server;

    Running() {
        this(CONFIG);
    }

    Running(ServerConfig config) {
        server = CartdServer.start(carts, config);
    }

    static ServerConfig at(String address, int port) {
        return CONFIG.withAddress(address).withPort(port);
    }

    static ServerConfig limits(long maxRequestSize, int maxFiles, int maxDownloads) {
        return CONFIG.withMaxRequestSize(maxRequestSize).withMaxFiles(maxFiles).withMaxDownloads(maxDownloads);
    }

    static ServerConfig times(Duration idle, Duration stop) {
        return CONFIG.withIdleTimeout(idle).withStopTimeout(stop);
    }

    static ServerConfig logging(Path log) {
        return CONFIG.withAccessLog(log);
    }

    static ServerConfig keeping(Duration most) {
        return CONFIG.withKeepMax(most);
    }

    Wire connect() throws IOException {
        return new Wire(server.port());
    }

    /** Waits for what must come to be soon. */
    static ConditionFactory soon() {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5));
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
