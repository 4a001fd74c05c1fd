package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** Servers and workers on one database, and an archive that cannot take much: its limit is one for all of them. */
@Timeout(value = 100, unit = TimeUnit.SECONDS)
class RequestSharesIT extends OnPostgres {

    private final ArchiveInterface archive = new ArchiveInterface();
    private final CartsOnDisk carts;
    private final Path home;

    RequestSharesIT(@TempDir Path home) {
        this.home = home;
        this.carts = new CartsOnDisk(home.resolve("volume"));
    }

    @AfterEach
    void stop() {
        archive.close();
    }

    @Test
    void two_nodes_together_never_send_more_than_the_archive_can_take() throws Exception {
        archive.slow(Duration.ofMillis(20), 8 << 20);
        String database = postgres.copy("most", "synced");
        try (LiveServer one = node("one", database, "serve --port 0", 2);
                LiveServer two = node("two", database, "serve --port 0", 2)) {
            for (int i = 0; i < 12; i++) {
                order(i % 2 == 0 ? one : two, i);
            }
            assertAllReady(one);
            assertThat(archive.mostAtOnce()).isEqualTo(2);
            assertThat(one.log()).contains(" is ready");
            assertThat(two.log()).contains(" is ready");
        }
    }

    @Test
    void two_nodes_take_turns_where_requests_at_once_come_back_wrong() throws Exception {
        archive.corruptWhenConcurrent(true);
        archive.slow(Duration.ofMillis(10), 8 << 20);
        String database = postgres.copy("turns", "synced");
        try (LiveServer one = node("one", database, "serve --port 0", 4);
                LiveServer two = node("two", database, "serve --port 0", 4)) {
            for (int i = 0; i < 8; i++) {
                order(i % 2 == 0 ? one : two, i);
            }
            assertAllReady(two);
            assertThat(one.log()).contains(" is ready");
            assertThat(two.log()).contains(" is ready");
        }
    }

    @Test
    void two_nodes_get_all_ready_from_an_archive_whose_requests_share_one_open_file() throws Exception {
        archive.shareHandle();
        archive.slow(Duration.ofMillis(2), 64 << 20);
        String database = postgres.copy("handle", "synced");
        try (LiveServer one = node("one", database, "serve --port 0", 8);
                LiveServer two = node("two", database, "serve --port 0", 8)) {
            for (int i = 0; i < 20; i++) {
                order(i % 2 == 0 ? one : two, i);
            }
            assertAllReady(two);
        }
    }

    @Test
    void a_server_and_a_worker_on_sqlite_share_the_limit_too() throws Exception {
        archive.slow(Duration.ofMillis(20), 8 << 20);
        try (LiveServer server = LiveServer.start(home, archive.url(), settings(2));
                LiveServer worker = node("worker", "sqliteext:///" + home.resolve("db.sqlite3"), "work", 2)) {
            for (int i = 0; i < 8; i++) {
                order(server, i);
            }
            assertAllReady(server);
            assertThat(archive.mostAtOnce()).isEqualTo(2);
            assertThat(server.log()).contains(" is ready");
            assertThat(worker.log()).contains(" is ready");
        }
    }

    private LiveServer node(String name, String database, String words, int most) throws Exception {
        return LiveServer.node(
                home.resolve(name), home.resolve("volume"), database, archive.url(), words, settings(most));
    }

    private static String[] settings(int most) {
        return new String[] {
            "archiveinterface.max_requests = " + most, "engine.parallel_carts = 3", "archiveinterface.timeout = 10 s"
        };
    }

    private void order(LiveServer node, int number) throws Exception {
        Order order = Order.random(archive, number, 10);
        carts.expect("cart-" + number, order);
        node.http().order("cart-" + number, order.json(number % 2 == 0));
    }

    private void assertAllReady(LiveServer node) throws Exception {
        for (String uid : carts.orders().keySet()) {
            node.http().awaitReady(uid);
        }
        await().untilAsserted(carts::assertTidy);
    }
}
