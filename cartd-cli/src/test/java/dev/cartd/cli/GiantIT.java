package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** A cart of very many files on one node, and small ones that come after it. */
class GiantIT {
    private static final int FILES = 20_000;
    private static final Duration SOON = Duration.ofSeconds(10); // a few seconds, and what a busy machine adds

    private final ArchiveInterface archive = new ArchiveInterface();
    private LiveServer server;

    @TempDir
    private Path home;

    @BeforeEach
    void start() throws Exception {
        server = LiveServer.start(home, archive.url());
    }

    @AfterEach
    void stop() throws Exception {
        try (archive) {
            server.endUnharmed();
        }
    }

    @Test
    void a_small_cart_overtakes_a_giant_one() throws Exception {
        Order giant = new Order(archive);
        for (int i = 0; i < FILES; i++) {
            giant.file("dir" + i % 100 + "/file" + i, new byte[] {(byte) i, (byte) (i >> 8)});
        }
        archive.slow(Duration.ofMillis(5), Long.MAX_VALUE);
        server.http().order("giant", giant.json());
        await().until(() -> archive.requests("HEAD") > 500);
        assertSoonReady("while-it-is-staged", 1);
        archive.slow(Duration.ZERO, Long.MAX_VALUE);
        await().atMost(Duration.ofSeconds(90)).until(() -> archive.requests("GET") > 500);
        archive.slow(Duration.ofMillis(5), Long.MAX_VALUE);
        assertSoonReady("while-it-is-pulled", 2);
        assertThat(archive.requests("GET")).as("the giant is not done").isLessThan(FILES);
        assertThat(server.http().head("giant").pacifica()).isEqualTo("204 staging");
        assertThat(server.http().delete("giant").status()).isEqualTo(200);
        await().atMost(Duration.ofSeconds(30)).until(() -> server.numbers().size() == 2);
    }

    private void assertSoonReady(String uid, long seed) throws Exception {
        Instant posted = Instant.now();
        server.http().order(uid, Order.random(archive, seed, 5).json(seed == 2));
        server.http().awaitReady(uid);
        Duration took = Duration.between(posted, Instant.now());
        System.out.println("ready " + uid + " after " + took);
        assertThat(took).isLessThan(SOON);
    }
}
