package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import dev.cartd.store.OriginalSample;
import dev.cartd.store.PostgresServer;
import dev.cartd.store.RawDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** The way from Pacifica Cartd to cartd, and back, as an operator goes it. */
@Timeout(value = 100, unit = TimeUnit.SECONDS)
class UpgradeIT {
    private static final List<String> ALL = List.of("1/2/3/foo.txt", "1/2/3/bar.csv", "2/3/4/baz.ini");

    private static PostgresServer postgres;

    private final ArchiveInterface archive = new ArchiveInterface();
    private final Path desk;
    private final Path home;
    private final Path volume;
    private final Map<String, byte[]> contents;
    private RawDatabase database;

    UpgradeIT(@TempDir Path directory) throws IOException {
        desk = directory.toRealPath();
        home = Files.createDirectory(desk.resolve("node"));
        volume = home.resolve("volume");
        contents = OriginalSample.contents();
        database = new RawDatabase("sqlite:///" + home.resolve("db.sqlite3"));
    }

    @BeforeAll
    static void startDatabase() throws Exception {
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stopDatabase() {
        postgres.close();
    }

    @ParameterizedTest
    @CsvSource({"pre, SQLite", "0.1, SQLite", "1.0, SQLite", "pre, PostgreSQL", "0.1, PostgreSQL", "1.0, PostgreSQL"})
    void carts_of_the_first_versions_are_taken_over(String version, String engine) throws Exception {
        sample(version, engine);
        contents.forEach(archive::put);
        archive.put("baz.ini", content("foo.txt")); // What the cart that waits for it takes for right.
        try (archive;
                LiveServer server = serve()) {
            assertDownload(server, "old-ready", Map.of("second.txt", content("foo.txt")));
            server.http().awaitReady("old-staging");
            assertDownload(server, "old-staging", Map.of("2/3/4/baz.ini", content("foo.txt")));
            server.http().awaitAnswer("old-waiting", "500 error The cart has no files");
            assertThat(server.http().head("old-error").pacifica()).startsWith("500 error Failed to pull file(");
            assertThat(server.http().head("old-deleted").status()).isEqualTo(404);

            Program fixit = LiveServer.commandHere(server.home(), "fixit --failed");
            assertThat(fixit.exit()).isEqualTo(1);
            assertThat(fixit.err())
                    .contains("cartd: old-waiting: The cart has no files")
                    .contains("cartd: old-error: Failed to pull file 1/2/3/foo.txt: ");
            assertDumped(server, "old-ready", "old-error", "old-staging", "old-waiting");

            delete(server, "old-staging", "old-error", "old-waiting");
            // Of the two the older one was last used in 2019.
            assertThat(LiveServer.commandHere(server.home(), "purge --time-ago '365 days ago'")
                            .out()
                            .lines())
                    .hasSize(2)
                    .first()
                    .asString()
                    .startsWith("deleting:{'id': '1', 'cart_uid': 'old-ready'");
            assertThat(server.http().head("old-ready").pacifica()).isEqualTo("204 ready");
            delete(server, "old-ready");
            assertTidy(server);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SQLite", "PostgreSQL"})
    void carts_of_the_last_version_are_taken_over(String engine) throws Exception {
        sample("2.0", engine);
        contents.forEach(archive::put);
        byte[] tar = Files.readAllBytes(volume.resolve("2/ready-bundle.tar"));
        database.run("insert into file (cart_id, file_name, bundle_path, hash_type, hash_value, status, error)"
                + " select 11 + cart_id % 2, file_name, bundle_path, hash_type, hash_value, 'staging', ''"
                + " from file where cart_id in (1, 2)");
        // It was at work on that when it was stopped.
        Path half = Files.createDirectories(volume.resolve("11/staging-now/1/2/3"));
        Files.write(half.resolve("foo.txt"), Arrays.copyOf(content("foo.txt"), 7));
        Files.write(half.resolve("bar.csv"), content("bar.csv"));
        Files.createDirectories(volume.resolve("12/staging-bundle/1/2/3"));
        Files.write(volume.resolve("12/staging-bundle/1/2/3/bar.csv"), content("bar.csv"));
        try (archive;
                LiveServer server = serve()) {
            assertDownload(server, "ready-stream", files(ALL));
            assertDownload(server, "null-bundle", files(ALL));
            assertDownload(server, "dup", files(List.of("1/2/3/bar.csv")));
            assertDownload(server, "ready-bundle", files(ALL));
            assertDownload(server, "re-created", files(ALL));
            assertThat(server.http().get("ready-bundle?filename=x").body()).isEqualTo(tar);
            for (String uid : List.of("staging-now", "staging-bundle")) {
                server.http().awaitReady(uid);
                assertDownload(server, uid, files(ALL));
            }
            assertThat(volume.resolve("12/staging-bundle")).doesNotExist();
            assertThat(server.http().head("err-hash").status()).isEqualTo(500);
            assertThat(server.http().get("err-hash?filename=x").status()).isEqualTo(500);
            assertThat(server.http().head("gone").status()).isEqualTo(404);

            archive.put("nosuch.txt", "x".getBytes(StandardCharsets.UTF_8));
            Program fixit = LiveServer.commandHere(server.home(), "fixit --failed");
            assertThat(fixit.exit()).isEqualTo(1);
            assertThat(fixit.err().lines().filter(line -> line.startsWith("cartd: ")))
                    .singleElement()
                    .asString()
                    .startsWith("cartd: err-hash: Failed to pull file 1/2/3/foo.txt: ");
            assertDownload(server, "err-missing", Map.of("a", "x".getBytes(StandardCharsets.UTF_8)));
            assertDumped(server, "ready-stream", "ready-bundle", "err-hash", "err-missing", "dup", "re-created");

            delete(server, "ready-stream", "null-bundle", "dup", "ready-bundle", "re-created", "staging-now");
            delete(server, "staging-bundle", "err-hash", "err-missing");
            assertTidy(server);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SQLite", "PostgreSQL"})
    void the_original_can_have_it_back(String engine) throws Exception {
        sample("2.0", engine);
        contents.forEach(archive::put);
        Order order = Order.random(archive, 1, 4);
        try (archive;
                LiveServer server = serve()) {
            server.http().order("ours-tree", order.json(false));
            server.http().order("ours-tar", order.json(true));
            server.http().order("ours-gone", order.json(false));
            List.of("ours-tree", "ours-tar", "ours-gone").forEach(server.http()::awaitReady);
            delete(server, "ours-gone", "null-bundle");
            assertThat(server.http().get("ready-stream?filename=x").status()).isEqualTo(200);
            await().until(() -> !server.numbers().contains("10"));
            assertThat(server.terminate()).isZero();

            assertThat(database.rows("SELECT part, value FROM cartsystem ORDER BY part"))
                    .containsExactly(Map.of("part", "major", "value", 2), Map.of("part", "minor", "value", 0));
            Map<String, Path> ready = readyByTheOriginal();
            assertThat(ready)
                    .containsOnlyKeys("ready-stream", "ready-bundle", "dup", "re-created", "ours-tree", "ours-tar");
            Contents.assertSame(Contents.ofDirectory(path(ready, "ours-tree")), order.files());
            Contents.assertSame(Contents.ofTar(Files.readAllBytes(path(ready, "ours-tar"))), "ours-tar", order.files());
            for (Map.Entry<String, Path> cart : ready.entrySet()) {
                assertThat(volume.resolve("cartuids").resolve(cart.getKey()).toRealPath())
                        .isEqualTo(cart.getValue());
            }
            work();

            assertThat(LiveServer.commandHere(home, "dbchk --equal").exit()).isZero();
            server.startAgain();
            assertDownload(server, "theirs", files(ALL));
            assertDownload(server, "their-tar", files(ALL));
            assertThat(server.http().head("ours-tree").status()).isEqualTo(404);
            assertDownload(server, "ours-tar", order.files());
            server.http().order("ours-again", order.json(false));
            server.http().awaitReady("ours-again");
            server.assertUnharmed();
        }
    }

    /** What Pacifica Cartd does with a cart that it makes, one that it bundles, and one that it deletes. */
    private void work() throws IOException {
        insert("theirs", "waiting", "", false);
        long theirs = number("theirs");
        insertFiles(theirs, ALL, "waiting");
        database.run("UPDATE cart SET status = 'staging' WHERE id = ?", theirs);
        Path tree = volume.resolve(theirs + "/theirs");
        for (String path : ALL) {
            Files.createDirectories(tree.resolve(path).getParent());
            Files.write(tree.resolve(path), content(name(path)));
        }
        database.run("UPDATE file SET status = 'staged' WHERE cart_id = ?", theirs);
        database.run("UPDATE cart SET status = 'ready', bundle_path = ? WHERE id = ?", tree.toString(), theirs);

        insert("their-tar", "ready", "", true);
        long tar = number("their-tar");
        insertFiles(tar, ALL, "staged");
        Files.createDirectories(volume.resolve(Long.toString(tar)));
        Files.write(volume.resolve(tar + "/their-tar.tar"), tar("their-tar"));

        database.run("UPDATE cart SET status = 'deleted', deleted_date = updated_date WHERE cart_uid = 'ours-tree'");
    }

    private byte[] tar(String top) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, 10_240)) {
            for (String path : ALL) {
                TarArchiveEntry entry = new TarArchiveEntry(top + "/" + path);
                entry.setSize(content(name(path)).length);
                tar.putArchiveEntry(entry);
                tar.write(content(name(path)));
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SQLite", "PostgreSQL"})
    void hostile_rows_reach_nothing_outside_the_volume(String engine) throws Exception {
        sample("2.0", engine);
        contents.forEach(archive::put);
        Path outside = Files.createDirectories(desk.resolve("outside/1/2/3"));
        Files.writeString(outside.resolve("foo.txt"), "nobody's business");
        Files.copy(volume.resolve("2/ready-bundle.tar"), desk.resolve("outside.tar"));
        String up = "../../../";
        hostile("../../../outside", "ready", List.of("1/2/3/foo.txt"), false);
        hostile("../../../outside", "ready", List.of("1/2/3/foo.txt"), true);
        hostile("dots", "ready", List.of(up + "outside/1/2/3/foo.txt"), false);
        hostile("absolute", "ready", List.of(outside.resolve("foo.txt").toString()), false);
        hostile("empty", "ready", List.of(""), false);
        hostile("none", "ready", List.of(), false);
        hostile("double", "ready", List.of("a", "a/b"), false);
        hostile("link", "ready", List.of("1/2/3/foo.txt"), false);
        Files.createSymbolicLink(volume.resolve(number("link") + "/link"), desk.resolve("outside"));
        hostile("tar-link", "ready", List.of("1/2/3/foo.txt"), true);
        Files.createSymbolicLink(volume.resolve(number("tar-link") + "/tar-link.tar"), desk.resolve("outside.tar"));
        hostile("write-dots", "staging", List.of(up + "outside/1/2/3/foo.txt"), false);
        hostile("..", "waiting", List.of("foo.txt"), true);
        hostile("write-link", "staging", List.of("1/2/3/foo.txt"), false);
        String foreign = String.valueOf(number("write-link"));
        Files.createSymbolicLink(volume.resolve(foreign + "/write-link"), desk.resolve("outside"));
        try (archive;
                LiveServer server = serve()) {
            List<String> uids = database.rows("SELECT cart_uid FROM cart WHERE id > 12").stream()
                    .map(row -> String.valueOf(row.get("cart_uid")))
                    .distinct()
                    .toList();
            for (String uid : uids) {
                String encoded = uid.replace(".", "%2E").replace("/", "%2F");
                Reply reply = server.http().get(encoded + "?filename=x");
                assertThat(reply.status()).as(uid).isIn(500, 202);
                assertThat(reply.text()).doesNotContain("nobody's business");
                // What is in the way of a name is left alone: that cart is made anew under another number.
                boolean inTheWay = uid.equals("write-link");
                await(uid)
                        .atMost(60, TimeUnit.SECONDS)
                        .until(() -> server.http()
                                .head(encoded)
                                .pacifica()
                                .startsWith(inTheWay ? "204 ready" : "500 error"));
                assertThat(server.http().get(encoded + "?filename=x").status()).isEqualTo(inTheWay ? 200 : 500);
                assertThat(server.http().delete(encoded).status()).isEqualTo(200);
            }
            await().until(() -> server.numbers().stream()
                    .filter(number -> !number.equals(foreign))
                    .noneMatch(number -> Integer.parseInt(number) > 12));
            assertDownload(server, "ready-stream", files(ALL));
            assertThat(LiveServer.names(desk)).containsExactly("node", "outside", "outside.tar");
            assertThat(LiveServer.names(outside)).containsExactly("foo.txt");
            assertThat(outside.resolve("foo.txt")).hasContent("nobody's business");
            server.assertUnharmed();
        }
    }

    private void hostile(String uid, String status, List<String> paths, boolean bundle) throws IOException {
        insert(uid, status, desk.resolve("outside").toString(), bundle);
        long cart = number(uid);
        insertFiles(cart, paths, status.equals("ready") ? "staged" : "waiting");
        Files.createDirectories(volume.resolve(Long.toString(cart)));
    }

    private void sample(String version, String engine) throws Exception {
        if (engine.equals("SQLite")) {
            OriginalSample.copy(version, home.resolve("db.sqlite3"));
        } else {
            String name = "upgrade_" + Integer.toHexString(System.identityHashCode(this));
            database = new RawDatabase(postgres.copy(name, "template0"));
            OriginalSample.copy(version, database);
        }
        OriginalSample.putOn(volume, version, database);
    }

    /** Goes the way that the documentation tells. */
    private LiveServer serve() throws Exception {
        String few = "archiveinterface.retries = 2";
        LiveServer.configure(home, volume, archive.url(), database.url(), few);
        Program check = LiveServer.commandHere(home, "dbchk");
        assertThat(check.exit()).as(check.err()).isEqualTo(1);
        assertThat(LiveServer.commandHere(home, "serve --port 0").err()).contains("run cartd dbsync");
        for (String line : List.of("dbsync", "dbchk", "dbchk --equal")) {
            assertThat(LiveServer.commandHere(home, line).exit()).as(line).isZero();
        }
        return LiveServer.node(home, volume, database.url(), archive.url(), "serve --port 0", few);
    }

    /** Downloads a cart twice, and the rest of it as one does who was cut off. */
    private static void assertDownload(LiveServer server, String uid, Map<String, byte[]> files) throws IOException {
        assertThat(server.http().head(uid).pacifica()).as(uid).isEqualTo("204 ready");
        String url = uid + "?filename=" + uid + ".tar";
        Reply whole = server.http().get(url);
        assertThat(whole.status()).as(uid).isEqualTo(200);
        assertThat(whole.header("content-length")).isEqualTo(Integer.toString(whole.body().length));
        Contents.assertSame(Contents.ofTar(whole.body()), uid, files);
        Reply again = server.http().get(url);
        assertThat(again.body()).isEqualTo(whole.body());
        assertThat(again.headers())
                .containsAllEntriesOf(
                        Map.of("etag", whole.header("etag"), "last-modified", whole.header("last-modified")));

        int from = whole.body().length / 3;
        Reply rest = server.http().get(url, "Range", "bytes=" + from + "-", "If-Range", whole.header("etag"));
        assertThat(rest.status()).isEqualTo(206);
        assertThat(rest.body()).isEqualTo(Arrays.copyOfRange(whole.body(), from, whole.body().length));
        assertThat(server.http().get(url, "If-None-Match", whole.header("etag")).status())
                .isEqualTo(304);
    }

    private static void assertDumped(LiveServer server, String... uids) throws Exception {
        Program dump = LiveServer.commandHere(server.home(), "dump --json");
        assertThat(dump.exit()).isZero();
        for (String uid : uids) {
            assertThat(dump.out()).contains("\"cart_uid\": \"" + uid + "\"");
        }
        assertThat(dump.out()).doesNotContain("\"status\": \"deleted\"");
    }

    private static void delete(LiveServer server, String... uids) throws IOException {
        for (String uid : uids) {
            assertThat(server.http().delete(uid).text())
                    .as(uid)
                    .isEqualTo("{\"message\": \"Cart Deleted Successfully\"}");
            assertThat(server.http().head(uid).status()).isEqualTo(404);
        }
    }

    private static void assertTidy(LiveServer server) throws IOException {
        await().until(() -> server.numbers().isEmpty());
        await().until(() ->
                LiveServer.names(server.volume().resolve("cartuids")).isEmpty());
        server.assertUnharmed();
    }

    private Map<String, Path> readyByTheOriginal() {
        Map<String, Path> ready = new TreeMap<>();
        database.rows(
                        "SELECT cart_uid, bundle_path FROM cart WHERE status = 'ready' AND deleted_date IS NULL ORDER BY id")
                .forEach(row -> ready.put(
                        String.valueOf(row.get("cart_uid")), Path.of(String.valueOf(row.get("bundle_path")))));
        return ready;
    }

    private static Path path(Map<String, Path> ready, String uid) {
        return Objects.requireNonNull(ready.get(uid));
    }

    private void insert(String uid, String status, String path, boolean bundle) {
        database.run(
                "INSERT INTO cart (cart_uid, bundle_path, bundle, creation_date, updated_date, deleted_date, status, error)"
                        + " VALUES (?, ?, " + database.literal(bundle)
                        + ", '2026-11-22 12:00:00.5', '2026-11-22 12:00:01', NULL, ?, '')",
                uid,
                path,
                status);
    }

    private long number(String uid) {
        return Long.parseLong(String.valueOf(database.rows("SELECT max(id) AS id FROM cart WHERE cart_uid = ?", uid)
                .get(0)
                .get("id")));
    }

    private void insertFiles(long cart, List<String> paths, String status) {
        for (String path : paths) {
            String id = contents.containsKey(name(path)) ? name(path) : "foo.txt";
            database.run(
                    "INSERT INTO file (cart_id, file_name, bundle_path, hash_type, hash_value, status, error)"
                            + " VALUES (?, ?, ?, 'md5', ?, ?, '')",
                    cart,
                    id,
                    path,
                    Order.hash("MD5", content(id)),
                    status);
        }
    }

    private Map<String, byte[]> files(List<String> paths) {
        Map<String, byte[]> files = new TreeMap<>();
        paths.forEach(path -> files.put(path, content(name(path))));
        return files;
    }

    private byte[] content(String id) {
        return Objects.requireNonNull(contents.get(id));
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
