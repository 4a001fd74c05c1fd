package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

/** A server that is killed again and again while it works, and what its successors make of what it left. */
class CrashIT {
    private static final int KILLS = 25;

    private final ArchiveInterface archive = new ArchiveInterface();
    private LiveServer server;
    private CartsOnDisk carts;

    @TempDir
    private Path home;

    @BeforeEach
    void start() throws Exception {
        // Heartbeats that nobody could wait for: whoever died is known at once.
        server = LiveServer.start(
                home,
                archive.url(),
                "engine.heartbeat = 60 s",
                "archiveinterface.timeout = 3 s",
                "archiveinterface.retries = 50");
        carts = new CartsOnDisk(server.volume());
    }

    @AfterEach
    void stop() throws Exception {
        try (archive) {
            server.endUnharmed();
        }
    }

    @Test
    void after_a_kill_work_goes_on_within_5_seconds() throws Exception {
        archive.slow(Duration.ofMillis(50), 1 << 20);
        order("one", large(1), false);
        order("two", large(2), true);
        await().atMost(Duration.ofSeconds(60)).until(() -> archive.requests("GET") > 5);
        server.kill();
        await().until(() -> archive.atOnce() == 0);
        long before = archive.requests("GET");

        server.startAgain();

        await().atMost(Duration.ofSeconds(5)).until(() -> archive.requests("GET") > before);
        archive.slow(Duration.ZERO, Long.MAX_VALUE);
        awaitAll();
    }

    @Test
    @Timeout(value = 240, unit = SECONDS)
    void killed_again_and_again_it_loses_nothing() throws Exception {
        Random random = new Random(20);
        archive.slow(Duration.ofMillis(20), 8 << 20);
        Mischief.of(archive);
        for (int i = 0; i < 4; i++) {
            order("large-" + i, large(i), i % 2 == 0);
        }
        int inFlight = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            boolean starting = kill % 4 == 3;
            if (!starting) {
                server.awaitListening();
                order("small-" + kill, Order.random(archive, 100 + kill, 8), kill % 2 == 0);
            }
            if (kill % 4 == 2) {
                // Whatever state it is in; it may be half gone when the kill comes.
                assertThat(server.http().delete("small-" + (kill - 1)).status()).isEqualTo(200);
            }
            pass(Duration.ofMillis(random.nextInt(starting ? 2000 : 700)));
            if (kill == 0) {
                await().until(() -> archive.pulls().isUnderWay("")); // One kill at least hits a pull.
            }
            inFlight += kill();
            carts.assertNothingUnfinished();
            server.launchAgain();
        }
        server.awaitListening();
        archive.faults().none();
        archive.slow(Duration.ZERO, Long.MAX_VALUE);
        for (int kill = 2; kill < KILLS; kill += 4) {
            carts.forget("small-" + (kill - 1));
        }
        awaitAll();
        Mischief.assertNothingWasted(archive, carts, inFlight);
    }

    /** Answers how many pulls it hit. */
    private int kill() {
        long at = System.nanoTime();
        server.kill();
        return archive.pulls().killed("", at);
    }

    /** Lets time pass, so that what comes next comes at any instant. */
    private static void pass(Duration time) {
        long instant = System.nanoTime() + time.toNanos();
        await().pollInterval(Duration.ofMillis(1)).until(() -> System.nanoTime() - instant > 0);
    }

    private void order(String uid, Order order, boolean bundle) throws Exception {
        carts.expect(uid, order);
        server.http().order(uid, order.json(bundle));
    }

    private Order large(int seed) {
        Random random = new Random(seed);
        Order order = Order.random(archive, seed, 12);
        return order.file("large/a.dat", Order.bytes(random, 20_000_000))
                .file("large/b.dat", Order.bytes(random, 17_000_001));
    }

    private void awaitAll() throws Exception {
        for (var cart : carts.orders().entrySet()) {
            server.http().awaitReady(cart.getKey());
            Reply tar = server.http().get(cart.getKey() + "?filename=" + cart.getKey());
            Contents.assertSame(
                    Contents.ofTar(tar.body()), cart.getKey(), cart.getValue().files());
        }
        await().untilAsserted(carts::assertTidy);
    }
}
