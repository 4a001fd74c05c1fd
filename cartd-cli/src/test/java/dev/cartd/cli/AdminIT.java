package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** What an operator does, beside a server that runs and without one. */
class AdminIT {
    private final ArchiveInterface archive = new ArchiveInterface();
    private LiveServer server;

    @TempDir
    private Path home;

    @BeforeEach
    void start() throws Exception {
        server = LiveServer.start(home, archive.url(), "engine.heartbeat = 1 s", "archiveinterface.retries = 2");
    }

    @AfterEach
    void stop() throws Exception {
        try (archive) {
            server.endUnharmed();
        }
    }

    @Test
    void carts_are_seen_repaired_and_purged_beside_a_running_server() throws Exception {
        Order order = Order.random(archive, 1, 5);
        server.http().order("streamed", order.json(false));
        server.http().order("bundled", order.json(true));
        server.http().awaitReady("streamed");
        server.http().awaitReady("bundled");
        Reply before = server.http().get("bundled?filename=x");

        assertThat(says("list", 0).out().lines()).hasSize(3);
        assertThat(says("status streamed", 0).out()).contains(" ready ", " 5/5 ");
        assertThat(says("dump", 0).out()).contains("cart_uid: bundled", "file_name: random1/0", "hash_type: sha256");
        assertThat(says("dump --json", 0).out())
                .startsWith("[{\"id\": \"2\", \"cart_uid\": \"bundled\"")
                .hasLineCount(1);

        damage("streamed");
        Path tar = home.resolve("volume/cartuids/bundled").toRealPath();
        Files.write(tar, new byte[3000]);
        assertThat(says("fixit --cartid streamed bundled", 0).err()).contains("Total Carts: 2/2");
        assertReady("streamed", order);
        assertThat(server.http().get("bundled?filename=x").body()).isEqualTo(before.body());

        assertThat(says("purge --time-ago '1 minutes ago'", 0).out()).isEmpty();
        List<String> purged = new ArrayList<>();
        // What was downloaded a moment ago is spared for a second.
        await().untilAsserted(() -> {
            says("purge --time-ago '0 days ago'", 0).out().lines().forEach(purged::add);
            assertThat(purged).hasSize(4);
        });
        assertThat(server.numbers()).isEmpty();
        assertThat(server.http().get("streamed?filename=x").status()).isEqualTo(404);
    }

    @Test
    void carts_are_repaired_and_purged_without_a_server() throws Exception {
        Order good = Order.random(archive, 2, 3);
        byte[] right = Order.bytes(new Random(3), 5000);
        archive.put("late", Order.bytes(new Random(4), 5000));
        Order late = new Order(archive).file("there.dat", Order.bytes(new Random(5), 70_000));
        late.item("late", "late.dat", "sha256", Order.hash("SHA-256", right));
        server.http().order("good", good.json(false));
        server.http().order("late", late.json(true));
        server.http().awaitReady("good");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> server.http().head("late").status() == 500);
        assertThat(says("fixit --failed", 1).err().lines())
                .last()
                .asString()
                .startsWith("cartd: late: Failed to pull file late.dat: sha256 is ");
        assertThat(server.terminate()).isZero();

        damage("good");
        archive.put("late", right);
        assertThat(says("list --failed", 0).out().lines()).hasSize(2);
        says("fixit --cartid good", 0);
        says("fixit --failed", 0);
        assertThat(says("list --failed", 0).out().lines()).hasSize(1);
        assertThat(archive.requests("GET", late.ids().get(0))).isEqualTo(1);

        server.startAgain();
        assertReady("good", good);
        assertThat(server.http().get("late?filename=x").status()).isEqualTo(200);
        assertThat(server.terminate()).isZero();

        assertThat(says("purge --time-ago '0 days ago'", 0).out()).contains("'cart_uid': 'late'", "'cart_uid': 'good'");
        assertThat(server.numbers()).isEmpty();
        assertThat(Files.exists(server.volume().resolve("cartuids/good"), LinkOption.NOFOLLOW_LINKS))
                .isFalse();
        server.startAgain();
    }

    @Test
    void many_failed_carts_are_repaired_some_at_a_time_and_none_stops_the_others() throws Exception {
        List<String> uids = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            byte[] right = Order.bytes(new Random(i), 3000);
            archive.put("file" + i, new byte[3000]);
            Order order = new Order(archive).item("file" + i, "a.dat", "sha256", Order.hash("SHA-256", right));
            server.http().order("cart" + i, order.json(false));
            uids.add("cart" + i);
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> count(uids, "500 error") == 8);
        for (int i = 1; i < 8; i++) {
            archive.put("file" + i, Order.bytes(new Random(i), 3000));
        }
        archive.slow(Duration.ofMillis(500), 1 << 20);
        String database = "sqliteext:///" + home.resolve("db.sqlite3");
        LiveServer.configure(home, server.volume(), archive.url(), database, "engine.parallel_carts = 3");

        CompletableFuture<Program> fixit = CompletableFuture.supplyAsync(() -> {
            try {
                return server.command("fixit --failed");
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        long most = 0;
        while (!fixit.isDone()) {
            most = Math.max(most, count(uids, "204 staging"));
        }

        // Three, and one that took the place of another while they were counted.
        assertThat(most).isBetween(2L, 4L);
        assertThat(fixit.join().exit()).isEqualTo(1);
        assertThat(fixit.join().err().lines().filter(line -> line.startsWith("cartd: ")))
                .singleElement()
                .asString()
                .startsWith("cartd: cart0: Failed to pull file a.dat: sha256 is ");
        assertThat(fixit.join().err()).contains("Total Carts: 8/8");
        assertThat(count(uids, "204 ready")).isEqualTo(7);
    }

    private long count(List<String> uids, String beginning) throws Exception {
        long found = 0;
        for (String uid : uids) {
            found += server.http().head(uid).pacifica().startsWith(beginning) ? 1 : 0;
        }
        return found;
    }

    private Program says(String line, int exit) throws Exception {
        Program program = server.command(line);
        assertThat(program.exit())
                .as("%s: %s%s", line, program.out(), program.err())
                .isEqualTo(exit);
        assertThat(program.err()).doesNotContain("\tat ", "Exception");
        return program;
    }

    private void damage(String uid) throws Exception {
        Path tree = home.resolve("volume/cartuids").resolve(uid).toRealPath();
        Path file = tree.resolve("dir0/file0.dat");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2]++;
        Files.write(file, bytes);
        Files.delete(tree.resolve("dir1/file1.dat"));
    }

    private void assertReady(String uid, Order order) throws Exception {
        server.http().awaitReady(uid);
        Contents.assertSame(
                Contents.ofTar(server.http().get(uid + "?filename=" + uid).body()), uid, order.files());
    }
}
