package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The example of the documentation, by the programs that it names. */
class DocumentedExampleIT {
    private static final Map<String, byte[]> FILES = Map.of(
            "1/2/3/foo.txt", text("the first\n"),
            "1/2/3/bar.csv", text("a,b\n1,2\n"),
            "1/2/3/baz.ini", text("[section]\nkey = value\n"));

    private static final ArchiveInterface ARCHIVE = new ArchiveInterface();

    private static LiveServer server;

    @TempDir
    private Path desk;

    @BeforeAll
    static void start(@TempDir Path home) throws Exception {
        server = LiveServer.start(home, ARCHIVE.url());
        FILES.forEach((path, bytes) -> ARCHIVE.put(name(path), bytes));
    }

    @AfterAll
    static void stop() throws Exception {
        try (ARCHIVE) {
            server.endUnharmed();
        }
    }

    @Test
    void a_streamed_cart_from_the_list_of_files_to_its_deletion() throws Exception {
        Files.writeString(desk.resolve("foo.json"), "{\"fileids\": [" + items() + "]}");
        makeAndDownload("36");
        Contents.assertSame(Contents.ofDirectory(desk.resolve("my_cart")), FILES);
        remove("36");
    }

    @Test
    void a_bundled_cart_from_the_list_of_files_to_its_deletion() throws Exception {
        Files.writeString(desk.resolve("foo.json"), "{\"fileids\": [" + items() + "], \"bundle\": true}");
        makeAndDownload("the-cart");
        Contents.assertSame(Contents.ofDirectory(desk.resolve("the-cart")), FILES);
        remove("the-cart");
    }

    private void makeAndDownload(String uid) throws Exception {
        assertThat(run("curl -X POST --upload-file foo.json " + server.url(uid)))
                .isEqualTo("{\"message\": \"Cart Processing has begun\"}");
        server.http().awaitReady(uid);
        String[] head = run("curl -I -X HEAD " + server.url(uid)).split("\r?\n");
        assertThat(head[0]).isEqualTo("HTTP/1.1 204 No Content");
        assertThat(head).anyMatch("x-pacifica-status: ready"::equalsIgnoreCase);
        assertThat(head).anyMatch(line -> line.strip().equalsIgnoreCase("x-pacifica-message:"));
        run("curl -O -J '" + server.url(uid) + "?filename=my_cart.tar'");
        run("tar xf my_cart.tar");
    }

    private void remove(String uid) throws Exception {
        assertThat(run("curl -X DELETE " + server.url(uid))).isEqualTo("{\"message\": \"Cart Deleted Successfully\"}");
        assertThat(run("curl -s -o gone.json -w '%{http_code}' -X DELETE " + server.url(uid)))
                .isEqualTo("404");
        assertThat(desk.resolve("gone.json")).content().contains("\"message\": \"Not Found\"");
    }

    private String run(String line) throws Exception {
        return Program.run(desk, line);
    }

    private static String items() {
        return FILES.entrySet().stream()
                .map(file -> "{\"id\": \"%s\", \"path\": \"%s\", \"hashtype\": \"md5\", \"hashsum\": \"%s\"}"
                        .formatted(name(file.getKey()), file.getKey(), Order.hash("MD5", file.getValue())))
                .reduce((a, b) -> a + ",\n" + b)
                .orElseThrow();
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
