package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** Two servers on one PostgreSQL database and one volume. */
abstract class TwoNodes extends OnPostgres {
    /** After this a node that was not heard of is taken for dead. */
    static final Duration LEASE = Duration.ofSeconds(4);

    static final String[] SETTINGS = {
        "engine.heartbeat = 1 s",
        "engine.parallel_carts = 3",
        "archiveinterface.timeout = 4 s",
        "archiveinterface.retries = 50"
    };

    final ArchiveInterface archive = new ArchiveInterface();
    String database = "";
    LiveServer one;
    LiveServer two;
    CartsOnDisk carts;

    @TempDir
    Path home;

    @BeforeEach
    void start(TestInfo test) throws Exception {
        database = test.getTestMethod().orElseThrow().getName().substring(0, 20);
        assertThat(postgres.copy(database, "synced")).isEqualTo(postgres.url(database));
        one = node("one", "serve --port 0");
        two = node("two", "serve --port 0");
        carts = new CartsOnDisk(home.resolve("volume"));
    }

    LiveServer node(String name, String words) throws Exception {
        return LiveServer.node(
                home.resolve(name), home.resolve("volume"), postgres.url(database), archive.url(name), words, SETTINGS);
    }

    @AfterEach
    void stop() throws Exception {
        try (archive) {
            two.close();
        } finally {
            one.close();
        }
    }

    /** Carts of both kinds with small files and a large one each. */
    void order(LiveServer node, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            int number = carts.orders().size();
            Order order = Order.random(archive, number, 6);
            order.file("large.dat", Order.bytes(new Random(number), 2_000_000));
            carts.expect("cart-" + number, order);
            node.http().order("cart-" + number, order.json(number % 2 == 0));
        }
    }

    void assertAllReady(LiveServer node, Duration within) throws Exception {
        Instant until = Instant.now().plus(within);
        for (String uid : carts.orders().keySet()) {
            node.http().awaitReady(uid);
        }
        assertThat(Instant.now()).isBefore(until);
        for (var cart : carts.orders().entrySet()) {
            Reply tar = node.http().get(cart.getKey() + "?filename=" + cart.getKey());
            Contents.assertSame(
                    Contents.ofTar(tar.body()), cart.getKey(), cart.getValue().files());
        }
        await().untilAsserted(carts::assertTidy);
    }
}
