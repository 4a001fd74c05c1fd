package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** An archive that is away: the log says so once, in the words that clients and operators are told. */
class ArchiveAwayIT {
    private static final String AWAY = "The archive could not be reached since ";
    private static final String TIME = "(\\d{4}-\\d\\d-\\d\\d )?\\d\\d:\\d\\d UTC ";
    private static final Pattern BACK = Pattern.compile("INFO  \\S+ - the archive is back after \\d+ (s|min)");

    private final ArchiveInterface archive = new ArchiveInterface();

    @TempDir
    private Path home;

    @AfterEach
    void stop() {
        archive.close();
    }

    private static List<String> warnings(LiveServer server) throws Exception {
        return server.log()
                .lines()
                .filter(line -> line.contains(" WARN ") && !line.contains("max_files is "))
                .toList();
    }

    private static void awaitAway(LiveServer server, String reason) {
        Pattern line = Pattern.compile("WARN  \\S+ - " + AWAY + TIME + Pattern.quote(reason)
                + "; carts wait, and go on by themselves when it is back");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() ->
                        assertThat(warnings(server)).singleElement().asString().containsPattern(line));
    }

    private static void assertToldLike(LiveServer server, String uid, String reason) throws Exception {
        Pattern told = Pattern.compile(AWAY + TIME + Pattern.quote(reason));
        await().untilAsserted(() ->
                assertThat(server.http().head(uid).header("x-pacifica-message")).containsPattern(told));
        assertThat(server.http().head(uid).pacifica()).startsWith("204 staging ");
        assertThat(server.command("status " + uid).out()).containsPattern(told);
        assertThat(server.command("list --wide").out()).contains(AWAY);
    }

    private static void awaitBack(LiveServer server) throws Exception {
        await().untilAsserted(() -> assertThat(server.log()).containsPattern(BACK));
        assertThat(BACK.matcher(server.log()).results()).hasSize(1);
    }

    @Test
    void a_directory_that_is_not_mounted_is_said_at_the_start_and_waited_for() throws Exception {
        Path mount = home.resolve("archive");
        String reason = "(" + mount + " is not there: mount it, or correct the URL of the archive)";
        archive.put("dir/file", new byte[3000]);
        try (LiveServer server = LiveServer.start(home, URI.create("file://" + mount))) {
            awaitAway(server, reason);
            Order order = new Order(archive).item("dir/file", "a.dat", "sha256", Order.hash("SHA-256", new byte[3000]));
            server.http().order("cart", order.json());
            assertToldLike(server, "cart", reason);

            Files.createDirectories(home.resolve("made/dir"));
            Files.write(home.resolve("made/dir/file"), new byte[3000]);
            Files.move(home.resolve("made"), mount);
            server.http().awaitReady("cart");

            awaitBack(server);
            assertThat(warnings(server)).hasSize(1);
        }
    }

    @Test
    void a_node_that_only_works_says_so_too() throws Exception {
        String database = "sqlite:///" + home.resolve("db.sqlite3");
        LiveServer.sync(database);
        Path mount = home.resolve("archive");
        URI url = URI.create("file://" + mount);
        try (LiveServer node = LiveServer.node(home, home.resolve("volume"), database, url, "work")) {
            awaitAway(node, "(" + mount + " is not there: mount it, or correct the URL of the archive)");
        }
    }

    @Test
    void an_archive_that_refuses_connections_is_a_line_for_all_carts() throws Exception {
        String reason = "(127.0.0.1:" + archive.url().getPort() + ": connection refused)";
        List<String> uids = IntStream.range(0, 20).mapToObj(i -> "cart-" + i).toList();
        try (LiveServer server = LiveServer.start(home, archive.url())) {
            archive.goAway();
            for (int i = 0; i < uids.size(); i++) {
                server.http().order(uids.get(i), Order.random(archive, i, 2).json());
            }
            awaitAway(server, reason);
            assertToldLike(server, "cart-0", reason);
            archive.comeBack();
            for (String uid : uids) {
                server.http().awaitReady(uid);
            }

            awaitBack(server);
            assertThat(warnings(server)).hasSize(1);
        }
    }
}
