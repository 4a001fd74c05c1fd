package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import dev.cartd.store.PostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** A node that is paused while it writes, and writes on when another has made its cart ready. */
@Timeout(value = 170, unit = TimeUnit.SECONDS)
class FenceIT {
    private static final String[] SETTINGS = {
        "engine.heartbeat = 1 s",
        "archiveinterface.timeout = 60 s",
        "archiveinterface.retries = 50",
        "cartd.transfer_size = 16 Kb"
    };

    @TempDir
    private Path home;

    @Test
    void what_a_paused_node_writes_later_is_in_no_ready_tar() throws Exception {
        try (PostgresServer postgres = PostgresServer.start();
                ArchiveInterface archive = new ArchiveInterface()) {
            String database = postgres.copy("fence", "template0");
            LiveServer.sync(database);
            try (LiveServer two = node(archive, database, "two")) {
                run(archive, database, two);
            }
        }
    }

    private LiveServer node(ArchiveInterface archive, String database, String name) throws Exception {
        return LiveServer.node(
                home.resolve(name), home.resolve("volume"), database, archive.url(name), "serve --port 0", SETTINGS);
    }

    private void run(ArchiveInterface archive, String database, LiveServer two) throws Exception {
        Order order = new Order(archive);
        order.file("small.dat", Order.bytes(new Random(1), 20_000));
        byte[] right = Order.bytes(new Random(2), 8_000_000);
        order.file("large.dat", right);
        String large = order.ids().get(1);

        // What the first node is sent of the large file is wrong, so that it can be told who wrote what.
        archive.put(large, Order.bytes(new Random(3), right.length));
        archive.slow(Duration.ZERO, 250_000);
        two.http().order("cart", order.json(true));
        await().until(() ->
                two.http().head("cart").header("x-cartd-files").equals("1/2") && archive.requests("GET", large) == 1);
        // It reads the tar in work, for another cart, and closes it again: so its locks on it are lost, if it has any.
        two.http().order("copy", copyOf(order));
        two.http().awaitReady("copy");
        two.pause();
        archive.put(large, right);
        archive.slow(Duration.ZERO, Long.MAX_VALUE);

        try (LiveServer one = node(archive, database, "one")) {
            one.http().awaitReady("cart");
            assertRight(one, order);
            assertThat(archive.requests("GET", large)).isEqualTo(2);
            two.goOn();
            await().atMost(Duration.ofSeconds(30)).until(() -> archive.atOnce() == 0);
            two.http().awaitReady("cart");
            assertRight(one, order);
            assertRight(two, order);
            assertThat(two.log()).doesNotContain(" ERROR ");
            assertThat(two.terminate()).isZero();
            assertRight(one, order);
        }
    }

    private static String copyOf(Order order) {
        String all = order.json(true);
        return all.substring(0, all.indexOf(",\n")) + "], \"bundle\": true}";
    }

    private static void assertRight(LiveServer node, Order order) throws Exception {
        Reply tar = node.http().get("cart?filename=cart");
        assertThat(tar.status()).isEqualTo(200);
        Contents.assertSame(Contents.ofTar(tar.body()), "cart", order.files());
    }
}
