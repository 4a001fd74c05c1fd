package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import dev.cartd.store.PostgresServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Two nodes behind the balancer that docs/operating.md shows, by its very text. */
@Timeout(value = 170, unit = TimeUnit.SECONDS)
class NginxIT {
    private static final Pattern EXAMPLE = Pattern.compile("```nginx\n(.*?)```", Pattern.DOTALL);

    @TempDir
    private Path home;

    private PostgresServer postgres;
    private ArchiveInterface archive;
    private LiveServer one;
    private LiveServer two;
    private Process nginx;
    private int port;
    private Http http;

    @BeforeEach
    void start() throws Exception {
        requireNginx();
        postgres = PostgresServer.start();
        archive = new ArchiveInterface();
        one = node("one");
        two = node("two");
        port = freePort();
        Matcher example = EXAMPLE.matcher(Files.readString(Path.of("../docs/operating.md")));
        assertThat(example.find()).isTrue();
        String servers = example.group(1)
                .replace("node1.example.org:8081", "127.0.0.1:" + one.port())
                .replace("node2.example.org:8081", "127.0.0.1:" + two.port())
                .replace("listen 80;", "listen 127.0.0.1:" + port + ";");
        assertThat(servers).contains("127.0.0.1:" + one.port(), "127.0.0.1:" + two.port(), "127.0.0.1:" + port);
        Files.writeString(
                home.resolve("nginx.conf"),
                "daemon off;\npid " + home + "/nginx.pid;\nevents {}\nhttp {\naccess_log off;\n" + temporary() + servers
                        + "}\n");
        nginx = new ProcessBuilder("nginx", "-p", home.toString(), "-e", "nginx.log", "-c", "nginx.conf")
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("nginx.out").toFile())
                .start();
        await().until(this::answers);
        http = Http.withoutKeepAlive(port);
    }

    private static void requireNginx() throws InterruptedException {
        boolean there;
        try {
            there = new ProcessBuilder("nginx", "-v")
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            there = false;
        }
        if (!there) {
            System.err.println("SKIPPED: NginxIT, since there is no nginx (Debian: apt install nginx-light)");
        }
        assumeTrue(there, "there is no nginx");
    }

    /** Where it keeps what it cannot send on at once, for an ordinary user too. */
    private String temporary() {
        StringBuilder paths = new StringBuilder();
        for (String use : new String[] {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
            paths.append(use).append("_temp_path ").append(home.resolve(use)).append(";\n");
        }
        return paths.toString();
    }

    private LiveServer node(String name) throws Exception {
        return LiveServer.node(
                home.resolve(name), home.resolve("volume"), postgres.url("postgres"), archive.url(), "serve --port 0");
    }

    private boolean answers() throws IOException {
        assertThat(nginx.isAlive())
                .as(Files.readString(home.resolve("nginx.out")))
                .isTrue();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @AfterEach
    void stop() throws Exception {
        if (nginx != null) {
            nginx.destroy();
            nginx.waitFor(10, TimeUnit.SECONDS);
        }
        for (AutoCloseable each : new AutoCloseable[] {one, two, archive, postgres}) {
            if (each != null) {
                each.close();
            }
        }
    }

    @Test
    void every_answer_is_one_that_clients_understand_whatever_is_dead() throws Exception {
        Order order = Order.random(archive, 1, 5);
        http.order("through", order.json());
        http.awaitReady("through");
        Contents.assertSame(Contents.ofTar(http.get("through?filename=through").body()), "through", order.files());
        assertThat(http.get("-/carts/through/metalink").text())
                .as("addresses that lead through the balancer")
                .contains("<url>http://127.0.0.1:" + port + "/-/carts/through/files/");
        assertThat(http.post("empty", "").status()).isEqualTo(400);

        two.kill();
        for (int i = 0; i < 10; i++) {
            assertThat(http.head("through").pacifica()).isEqualTo("204 ready");
        }

        postgres.stop();
        assertUnavailable();

        one.kill();
        assertUnavailable();
        assertThat(http.head("through").pacifica()).isEqualTo("503 staging No node of cartd can be reached now");

        postgres.again();
        one.startAgain();
    }

    /** Now and again within the time in which nginx takes a node for dead. */
    private void assertUnavailable() throws IOException {
        for (int i = 0; i < 5; i++) {
            Reply head = http.head("through");
            assertThat(head.pacifica()).startsWith("503 staging ").hasSizeGreaterThan("503 staging ".length());
            assertThat(head.headers()).containsKey("retry-after");
            http.get("through").assertError(503, "");
            http.post("more", Order.random(archive, 2, 1).json()).assertError(503, "");
            http.delete("through").assertError(503, "");
        }
    }
}
