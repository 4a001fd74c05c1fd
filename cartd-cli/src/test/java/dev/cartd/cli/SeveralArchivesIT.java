package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** One server with two archives, one of which is away at first. */
class SeveralArchivesIT {
    private static final byte[] BYTES = new byte[3000];

    private final ArchiveInterface archive = new ArchiveInterface();

    @TempDir
    private Path home;

    @AfterEach
    void stop() {
        archive.close();
    }

    private static String cart(String... ids) {
        Order order = new Order(new ArchiveInterface());
        for (String id : ids) {
            order.item(id, id.replace(':', '/'), "sha256", Order.hash("SHA-256", BYTES));
        }
        return order.json();
    }

    @Test
    void an_archive_that_is_away_keeps_only_its_own_carts_waiting() throws Exception {
        archive.put("a", BYTES);
        archive.put("other:b", BYTES);
        Path mount = home.resolve("mount");
        try (LiveServer server =
                LiveServer.start(home, archive.url(), "archive tape2.url = " + URI.create("file://" + mount))) {
            server.http().order("away", cart("tape2:dir/file"));
            server.http().order("mixed", cart("a", "tape2:dir/file"));
            server.http().order("here", cart("a", "other:b"));
            server.http().awaitReady("here");
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(server.http().head("mixed").header("x-pacifica-message"))
                            .startsWith("The archive could not be reached since ")
                            .contains("(tape2: " + mount + " is not there"));
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(server.http().get("-/ready").text())
                            .contains(
                                    "{\"name\": \"archive\", \"ok\": true",
                                    "{\"name\": \"archive tape2\", \"ok\": false"));
            Files.createDirectories(home.resolve("made/dir"));
            Files.write(home.resolve("made/dir/file"), BYTES);
            Files.move(home.resolve("made"), mount);
            server.http().awaitReady("away");
            server.http().awaitReady("mixed");
            assertThat(server.http().get("-/metrics").text())
                    .contains(
                            "cartd_available{name=\"archive tape2\"} 1.0",
                            "cartd_pulled_files_total{archive=\"archiveinterface\"} 2.0",
                            "cartd_archive_request_limit{archive=\"tape2\"}",
                            "cartd_archive_request_seconds_count{archive=\"tape2\",method=\"pull\"}");
            assertThat(server.log()).contains(" - archive tape2 is back after ");
        }
    }
}
