package dev.cartd.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

/** An nginx that compresses whatever it may, with what docs/operating.md tells against that. */
class CompressingProxyTest {
    private static final int LENGTH = 100_003;
    private static final Path DOCUMENT = Path.of("../docs/operating.md");

    @TempDir
    private Path home;

    private final Running running = new Running();
    private int port;

    @BeforeEach
    void serve() throws IOException {
        running.carts.ready("x", FakeBundle.of(LENGTH));
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
    }

    @AfterEach
    void stop() {
        running.close();
    }

    @Test
    void aTarIsNotCompressed() throws Exception {
        String off;
        try (Stream<String> lines = Files.lines(DOCUMENT)) {
            off = lines.filter(line -> line.contains("gzip off;")).findFirst().orElseThrow();
        }
        Process nginx = nginx(off.replaceAll("#.*", ""));
        try {
            Reply whole = get("Accept-Encoding: gzip");
            assertThat(whole.status()).isEqualTo(200);
            assertThat(whole.body()).isEqualTo(FakeBundle.bytes(0, LENGTH));
            assertThat(whole.header("Cache-Control")).isEqualTo("no-transform");
            assertThat(whole.header("Content-Length")).isEqualTo(Integer.toString(LENGTH));
            assertThat(whole.headers()).doesNotContainKey("content-encoding");
            assertThat(get("Accept-Encoding: gzip", "Range: bytes=5-9").body()).isEqualTo(FakeBundle.bytes(5, 10));
        } finally {
            end(nginx);
        }
    }

    @Test
    void withoutThatItIs() throws Exception {
        Process nginx = nginx("");
        try {
            assertThat(get("Accept-Encoding: gzip").header("Content-Encoding")).isEqualTo("gzip");
        } finally {
            end(nginx);
        }
    }

    private Reply get(String... headers) throws IOException {
        try (Wire wire = new Wire(port)) {
            return wire.say(Running.request("GET", "/x", headers) + "Connection: close\r\n\r\n")
                    .reply();
        }
    }

    private Process nginx(String more) throws IOException {
        StringBuilder paths = new StringBuilder();
        for (String use : new String[] {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
            paths.append(use).append("_temp_path ").append(home.resolve(use)).append(";\n");
        }
        Files.writeString(
                home.resolve("nginx.conf"),
                "daemon off;\npid " + home + "/nginx.pid;\nevents {}\nhttp {\naccess_log off;\n" + paths
                        + "gzip on;\ngzip_types *;\nserver {\nlisten 127.0.0.1:" + port + ";\nlocation / {\nproxy_pass"
                        + " http://127.0.0.1:" + running.server.port() + ";\nproxy_http_version 1.1;\n" + more
                        + "\n}}}\n");
        try {
            Process nginx = new ProcessBuilder("nginx", "-p", home.toString(), "-e", "nginx.log", "-c", "nginx.conf")
                    .redirectErrorStream(true)
                    .redirectOutput(home.resolve("nginx.out").toFile())
                    .start();
            Running.soon().ignoreExceptions().until(() -> get().status() == 200);
            return nginx;
        } catch (IOException e) {
            System.err.println(
                    "SKIPPED: CompressingProxyTest, since there is no nginx (Debian: apt install nginx-light)");
            return abort("there is no nginx");
        }
    }

    private static void end(Process nginx) throws InterruptedException {
        nginx.destroy();
        nginx.waitFor();
    }
}
