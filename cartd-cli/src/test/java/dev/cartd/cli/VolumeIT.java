package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** The volume is not mounted, is another one, or belongs to another user: the distribution as an operator has it. */
class VolumeIT {
    private static final Path CARTD = Path.of("target/cartd/bin/cartd").toAbsolutePath();
    private static final String MARK = ".cartd-volume";

    private final ArchiveInterface archive = new ArchiveInterface();
    private LiveServer server;

    @TempDir
    private Path home;

    /** What the server has nothing to do with. */
    @TempDir
    private Path beside;

    @BeforeEach
    void start() throws Exception {
        server = LiveServer.start(home, archive.url(), "engine.heartbeat = 1 s");
    }

    @AfterEach
    void stop() throws Exception {
        try (archive) {
            server.endUnharmed();
        }
    }

    private Path volume() {
        return home.resolve("volume");
    }

    private void unmount() throws IOException {
        Files.move(volume(), beside.resolve("elsewhere"));
        Files.createDirectory(volume());
    }

    private void mount() throws IOException {
        Files.delete(volume());
        Files.move(beside.resolve("elsewhere"), volume());
    }

    private Program cartd(String words) throws Exception {
        return Program.shell(home, CARTD + " -c " + home.resolve("config.ini") + " " + words);
    }

    private String log() throws IOException {
        return Files.readString(home.resolve("log"));
    }

    @Test
    void an_empty_mount_point_changes_nothing() throws Exception {
        Order order = Order.random(archive, 1, 3);
        server.http().order("ready", order.json(false));
        server.http().awaitReady("ready");
        unmount();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> server.http().head("ready").status() == 503);

        Reply head = server.http().head("ready");
        assertThat(head.header("x-pacifica-status")).isEqualTo("staging");
        assertThat(head.header("x-pacifica-message"))
                .startsWith("The volume cannot be used since ")
                .endsWith(volume() + " is not the volume of this database, it has no mark");
        assertThat(server.http().get("ready").status()).isEqualTo(503);
        assertThat(server.http().head("nobody").status()).isEqualTo(503);
        server.http().order("accepted", order.json(true));

        for (String refused : List.of(
                "fixit --cartid ready",
                "purge --time-ago '0 days ago'",
                "keep ready --for 1h",
                "space",
                "space --free 1GB")) {
            Program program = cartd(refused);
            assertThat(program.exit()).as(refused).isEqualTo(1);
            assertThat(program.err().lines())
                    .as(refused)
                    .singleElement()
                    .asString()
                    .startsWith("cartd: ")
                    .contains("is not the volume of this database", "mount it");
        }
        for (String reading : List.of("list", "status ready", "dump", "dbchk")) {
            Program program = cartd(reading);
            assertThat(program.exit()).as(reading).isZero();
            assertThat(program.err().lines())
                    .as(reading)
                    .singleElement()
                    .asString()
                    .contains("is not the volume of this database");
        }
        assertThat(cartd("list").out()).contains(" ready ");
        assertThat(volume()).isEmptyDirectory();
        assertThat(log().lines().filter(line -> line.contains("is not the volume of this database")))
                .singleElement()
                .asString()
                .contains("WARN", "cartd dbsync --adopt-volume");

        mount();
        server.http().awaitReady("accepted");
        server.http().awaitReady("ready");
        assertThat(log().lines().filter(line -> line.contains("the volume is there again")))
                .hasSize(1);
    }

    @Test
    void a_server_that_starts_before_its_mount_waits_for_it() throws Exception {
        Order order = Order.random(archive, 1, 3);
        server.http().order("ready", order.json(true));
        server.http().awaitReady("ready");
        assertThat(server.terminate()).isZero();
        unmount();
        server.startAgain();
        assertThat(server.http().head("ready").status()).isEqualTo(503);
        mount();
        server.http().awaitReady("ready");
    }

    @Test
    void a_node_without_its_mount_leaves_the_carts_to_the_other() throws Exception {
        Order order = Order.random(archive, 1, 3);
        server.http().order("first", order.json(false));
        server.http().awaitReady("first");
        Path empty = Files.createDirectories(beside.resolve("b/empty"));
        String database = "sqliteext:///" + home.resolve("db.sqlite3");
        try (LiveServer sick = LiveServer.node(
                beside.resolve("b"), empty, database, archive.url(), "serve --port 0", "engine.heartbeat = 1 s")) {
            assertThat(sick.http().head("first").status()).isEqualTo(503);
            for (int i = 0; i < 10; i++) {
                sick.http().order("cart-" + i, order.json(i % 2 == 0));
            }
            for (int i = 0; i < 10; i++) {
                server.http().awaitReady("cart-" + i);
            }
            assertThat(sick.http().head("first").status()).isEqualTo(503);
        }
        assertThat(empty).isEmptyDirectory();
    }

    @Test
    void a_volume_that_was_lost_is_replaced_by_a_command() throws Exception {
        Order order = Order.random(archive, 1, 3);
        server.http().order("cart", order.json(false));
        server.http().awaitReady("cart");
        unmount();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> server.http().head("cart").status() == 503);
        assertThat(cartd("dbsync").err()).contains("is not the volume of this database");
        assertThat(volume()).isEmptyDirectory();

        assertThat(cartd("dbsync --adopt-volume").exit()).isZero();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> server.http().head("cart").status() == 500);
        assertThat(server.http().head("cart").header("x-pacifica-message")).startsWith("The cart is damaged: ");
        assertThat(cartd("fixit --failed").exit()).isZero();
        assertThat(server.http().get("cart?filename=x.tar").status()).isEqualTo(200);
    }

    @Test
    void a_second_database_does_not_take_the_volume() throws Exception {
        Order order = Order.random(archive, 1, 3);
        server.http().order("cart", order.json(false));
        server.http().awaitReady("cart");
        String mark = Files.readString(volume().resolve(MARK));
        Program dbsync = Program.shell(
                home,
                "PEEWEE_URL=sqlite:///" + beside.resolve("other.sqlite3") + " VOLUME_PATH=" + volume()
                        + " CARTD_CONFIG=/dev/null " + CARTD + " dbsync");
        assertThat(dbsync.exit()).isZero();
        assertThat(dbsync.err()).contains("is the volume of another database");
        assertThat(volume().resolve(MARK)).hasContent(mark.strip());
        assertThat(server.http().head("cart").status()).isEqualTo(204);
    }

    @Test
    void reading_commands_make_nothing() throws Exception {
        Path nowhere = Files.createDirectory(beside.resolve("nowhere"));
        for (String reading :
                List.of("list", "list --deleted", "status x", "dump", "dbchk", "space", "keep x --for 1h")) {
            Program program = Program.shell(
                    nowhere,
                    "PEEWEE_URL=sqlite:///" + nowhere.resolve("db") + " VOLUME_PATH=" + nowhere.resolve("volume")
                            + " CARTD_CONFIG=/dev/null " + CARTD + " " + reading);
            assertThat(program.exit()).as(reading).isEqualTo(1);
            assertThat(program.err())
                    .as(reading)
                    .contains("the database (SQLite " + nowhere.resolve("db") + ") is empty: run cartd dbsync");
        }
        assertThat(nowhere).isEmptyDirectory();
    }

    @Test
    void root_leaves_nothing_in_the_way_of_the_servers_user() throws Exception {
        assumeThat(System.getProperty("user.name"))
                .as("SKIPPED: only root can run commands as another user")
                .isEqualTo("root");
        assertThat(server.terminate()).isZero();
        Path own = Files.createTempDirectory("cartd-user-").toRealPath();
        try {
            Files.createDirectory(own.resolve("volume"));
            Path config = Files.writeString(
                    own.resolve("config.ini"),
                    "[cartd]\nvolume_path = %s/volume\n[database]\npeewee_url = sqliteext:///%s/db.sqlite3\n"
                            .formatted(own, own));
            Program.run(own, "chown -R nobody " + own);
            for (String words :
                    List.of("dbsync", "list", "dump", "space", "purge", "fixit --failed", "dbsync --adopt-volume")) {
                Program program = Program.shell(own, CARTD + " -c " + config + " " + words);
                assertThat(program.exit()).as("%s: %s", words, program.err()).isZero();
                assertOwner(own, "nobody");
            }
            assertThat(own.resolve("volume").resolve(MARK)).exists();
            Program.run(
                    own,
                    "sqlite3 db.sqlite3 \"insert into cart (cart_uid, bundle_path, creation_date, updated_date,"
                            + " status, error) values ('c', '', '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'error', 'x')\""
                            + " || python3 -c \"import sqlite3; c = sqlite3.connect('db.sqlite3'); c.execute('insert into cart"
                            + " (cart_uid, bundle_path, creation_date, updated_date, status, error) values (?, ?, ?, ?, ?, ?)',"
                            + " ('c', '', '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'error', 'x')); c.commit()\"");
            Program fixit = Program.shell(own, CARTD + " -c " + config + " fixit --failed");
            assertThat(fixit.exit()).isEqualTo(1);
            assertThat(fixit.err()).contains("run this as nobody (runuser -u nobody -- cartd ...)");
            assertOwner(own, "nobody");
        } finally {
            Program.run(home, "rm -rf " + own);
            server.startAgain();
        }
    }

    private static void assertOwner(Path top, String owner) throws IOException {
        try (Stream<Path> all = Files.walk(top)) {
            for (Path path : all.toList()) {
                if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                    assertThat(Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).getName())
                            .as("%s", path)
                            .isEqualTo(owner);
                }
            }
        }
    }
}
