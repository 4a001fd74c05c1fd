package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Two clients of Pacifica Cartd that must work unchanged, by what they are known to do. */
class ClientsIT {
    private static final ArchiveInterface ARCHIVE = new ArchiveInterface();

    private static LiveServer server;

    @BeforeAll
    static void start(@TempDir Path home) throws Exception {
        server = LiveServer.start(home, ARCHIVE.url());
    }

    @AfterAll
    static void stop() throws Exception {
        try (ARCHIVE) {
            server.endUnharmed();
        }
    }

    /** Asks until there is an end, and believes codes more than words. */
    private record PythonDownloader(Http http) {
        void make(String uid, String body) throws Exception {
            int status =
                    http.post(uid, body, "Content-Type", "application/json").status();
            assertThat(status).isEqualTo(201);
        }

        void awaitEnd(String uid) {
            Reply end = await().atMost(Duration.ofSeconds(60)).until(() -> http.head(uid), PythonDownloader::isFinal);
            if (!end.pacifica().equals("204 ready")) {
                throw new IllegalStateException(end.header("x-pacifica-message"));
            }
        }

        private static boolean isFinal(Reply reply) {
            boolean staging = reply.header("x-pacifica-status").equals("staging");
            return reply.status() == 500 || (reply.status() == 204 && !staging);
        }

        Map<String, byte[]> download(String uid, String filename) throws Exception {
            HttpResponse<InputStream> response = http.ask(
                    "GET",
                    uid + "?filename=" + filename,
                    BodyPublishers.noBody(),
                    BodyHandlers.ofInputStream(),
                    "Accept-Encoding",
                    "gzip, deflate, br, zstd",
                    "Accept",
                    "*/*");
            assertThat(response.statusCode()).isEqualTo(200);
            try (InputStream raw = response.body()) {
                return Contents.ofTar(raw);
            }
        }
    }

    @Test
    void the_python_downloader_gets_what_it_asked_for() throws Exception {
        PythonDownloader client = new PythonDownloader(server.http());
        Order order = Order.random(ARCHIVE, 1, 20);
        client.make("python", order.json());
        client.awaitEnd("python");
        Contents.assertSame(client.download("python", "data"), "data", order.files());
    }

    @Test
    void the_python_downloader_may_begin_paths_oddly() throws Exception {
        PythonDownloader client = new PythonDownloader(server.http());
        Order order = new Order(ARCHIVE)
                .file("/top.txt", new byte[] {1})
                .file("a//b.txt", new byte[] {2})
                .file("./c/d.txt", new byte[] {3});
        client.make("python-paths", order.json());
        client.awaitEnd("python-paths");
        Contents.assertSame(
                client.download("python-paths", "data.tar"),
                "data",
                new TreeMap<>(Map.of("top.txt", new byte[] {1}, "a/b.txt", new byte[] {2}, "c/d.txt", new byte[] {3})));
    }

    @Test
    void the_python_downloader_hears_of_failure_and_stops() throws Exception {
        PythonDownloader client = new PythonDownloader(server.http());
        client.make("python-missing", missing("nowhere.txt").json());
        assertThatThrownBy(() -> client.awaitEnd("python-missing"))
                .hasMessage("Failed to stage file nowhere.txt: the archive does not have it");
    }

    @Test
    void the_web_cart_understands_every_answer() throws Exception {
        Http http = server.http();
        Order onTape = Order.random(ARCHIVE, 2, 2);
        onTape.ids().forEach(id -> ARCHIVE.tape(id, Duration.ofDays(1)));
        Order ready = Order.random(ARCHIVE, 3, 3);
        http.order("web-ready", ready.json());
        http.order("web-bundle", ready.json(true));
        http.order("web-staging", onTape.json());
        http.order("web-error", missing("gone.txt").json());
        http.order("web-deleted", onTape.json());
        http.delete("web-deleted");
        http.awaitReady("web-ready");
        http.awaitReady("web-bundle");
        http.awaitAnswer("web-error", "500 error Failed to stage file gone.txt: the archive does not have it");
        Map<String, String> seen = new TreeMap<>();
        for (String cart : Set.of("ready", "bundle", "staging", "error", "deleted", "unknown")) {
            seen.put(cart, askAsTheWebCart("web-" + cart));
        }
        assertThat(seen)
                .isEqualTo(Map.of(
                        "ready", "ready",
                        "bundle", "ready",
                        "staging", "staging",
                        "error", "error",
                        "deleted", "error",
                        "unknown", "error"));
        http.delete("web-staging");
    }

    @Test
    void the_web_cart_downloads_by_a_plain_link() throws Exception {
        Order order = Order.random(ARCHIVE, 4, 3);
        server.http().order("web-link", order.json());
        server.http().awaitReady("web-link");
        Reply reply = server.http()
                .get(
                        "web-link?filename=experiment%2047.tar",
                        "Accept",
                        "text/html,application/xhtml+xml,*/*;q=0.8",
                        "Accept-Encoding",
                        "gzip, deflate, br",
                        "Authorization",
                        "Basic dXNlcjpwYXNzd29yZA==");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.headers()).doesNotContainKey("content-encoding");
        assertThat(reply.header("content-disposition")).isEqualTo("attachment; filename=\"experiment 47.tar\"");
        Contents.assertSame(Contents.ofTar(reply.body()), "experiment 47", order.files());
    }

    private static String askAsTheWebCart(String uid) throws Exception {
        Instant asked = Instant.now();
        Reply reply = server.http().head(uid);
        assertThat(Duration.between(asked, Instant.now())).isLessThan(Duration.ofSeconds(10));
        assertThat(reply.headers()).containsKey("x-pacifica-message");
        assertThat(reply.header("x-pacifica-status"))
                .isIn("waiting", "staging", "bundling", "ready", "error", "deleted");
        return reply.header("x-pacifica-status");
    }

    private static Order missing(String path) {
        return new Order(ARCHIVE).item("no-such-id", path, "md5", "d41d8cd98f00b204e9800998ecf8427e");
    }
}
