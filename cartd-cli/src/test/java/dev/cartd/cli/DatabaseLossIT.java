package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What clients and the log are told when the file of an SQLite database is lost, or its disk is full. */
class DatabaseLossIT {
    private static final Pattern AWAY = Pattern.compile("WARN  \\S+ - the database \\([^)]+\\) cannot be used since ");

    private final ArchiveInterface archive = new ArchiveInterface();

    @TempDir
    private Path home;

    @AfterEach
    void stop() {
        archive.close();
    }

    @Test
    void a_file_that_is_renamed_is_asked_for_until_it_is_back() throws Exception {
        try (LiveServer server = LiveServer.start(home, archive.url())) {
            Order order = Order.random(archive, 1, 2);
            server.http().order("before", order.json());
            server.http().awaitReady("before");
            Path file = home.resolve("db.sqlite3");
            Path away = home.resolve("away");
            Files.move(file, away);

            server.http().post("during", order.json()).assertError(503, "was removed or renamed while it was in use");
            assertThat(server.http().head("before").pacifica())
                    .startsWith("503 staging the database (SQLite ")
                    .contains(" UTC: " + file + " was removed or renamed while it was in use: put it back");
            server.http().get("before").assertError(503, "was removed or renamed");
            server.http().delete("before").assertError(503, "was removed or renamed");
            assertThat(file).doesNotExist();

            Files.move(away, file);
            awaitBack(server);
            server.http().order("after", order.json());
            server.http().awaitReady("after");
            assertThat(server.http().head("during").status()).isEqualTo(404);
            server.assertUnharmed();
        }
    }

    @Test
    void a_disk_that_is_full_is_said_to_be_until_there_is_room() throws Exception {
        Optional<OwnMount> own = OwnMount.in(home.resolve("small"), "size=24m");
        if (own.isEmpty()) {
            System.err.println("SKIPPED: a full disk, since no file system can be mounted here");
        }
        assumeTrue(own.isPresent(), "no file system can be mounted here");
        try (OwnMount disk = own.get()) {
            String database = "sqlite:///" + disk.directory().resolve("db.sqlite3");
            try (LiveServer server = LiveServer.node(home.resolve("node"), disk, database, archive.url())) {
                fill(disk);
                Order order = Order.random(archive, 1, 300);
                await().until(() -> {
                    Reply reply = server.http().post("big", order.json());
                    if (reply.status() == 201) {
                        server.http().delete("big");
                        return false;
                    }
                    reply.assertError(503, "its disk is full [SQLITE_FULL]");
                    return true;
                });

                Files.delete(disk.seenFromOutside().resolve("fill"));
                awaitBack(server);
                server.http().order("after", Order.random(archive, 2, 2).json());
                server.http().awaitReady("after");
            }
        }
    }

    private static void fill(OwnMount disk) throws Exception {
        Program dd = Program.shell(
                Path.of("/tmp"),
                String.join(" ", disk.entering()) + " dd if=/dev/zero of=" + disk.directory() + "/fill bs=64k");
        assertThat(dd.err()).contains("No space left");
    }

    private static void awaitBack(LiveServer server) throws IOException {
        await().untilAsserted(() -> assertThat(server.log()).containsOnlyOnce(") is back after "));
        assertThat(AWAY.matcher(server.log()).results()).hasSize(1);
        assertThat(server.log()).doesNotContain("kagkarlsson", "com.zaxxer", " ERROR ", "\tat ", " | at ");
    }
}
