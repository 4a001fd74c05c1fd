package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import dev.cartd.spi.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** An archive that fails now and then, and goes away for a while: what it costs is time, never a cart or a byte. */
class FaultyArchiveIT {
    private static final int CARTS = 30;

    private final ArchiveInterface archive = new ArchiveInterface(20, InstantSource.system());
    private LiveServer server;

    @TempDir
    private Path home;

    @BeforeEach
    void start() throws Exception {
        server = LiveServer.start(home, archive.url(), "archiveinterface.timeout = 5 s");
    }

    @AfterEach
    void stop() throws Exception {
        try (archive) {
            server.endUnharmed();
        }
    }

    @Test
    void all_carts_get_ready_with_the_right_bytes() throws Exception {
        archive.faults().rate(Fault.ERROR, 0.05).rate(Fault.CUT, 0.08).rate(Fault.CORRUPT, 0.03);
        Map<String, Order> orders = new LinkedHashMap<>();
        for (int i = 0; i < CARTS; i++) {
            Order order = Order.random(archive, i, 8);
            orders.put("cart-" + i, order);
            server.http().order("cart-" + i, order.json(i % 2 == 0));
        }
        long before = archive.requests("GET");
        await().until(() -> archive.requests("GET") > before + 5);
        archive.goAway();
        // Nothing fails for it, however long this takes.
        await().atMost(Duration.ofSeconds(60)).until(() -> server.log().contains("The archive could not be reached"));
        assertThat(anyFailed(orders.keySet())).isFalse();
        archive.comeBack();
        for (Map.Entry<String, Order> cart : orders.entrySet()) {
            server.http().awaitReady(cart.getKey());
            Contents.assertSame(
                    Contents.ofTar(server.http()
                            .get(cart.getKey() + "?filename=" + cart.getKey())
                            .body()),
                    cart.getKey(),
                    cart.getValue().files());
        }
    }

    private boolean anyFailed(Set<String> uids) throws IOException {
        for (String uid : uids) {
            if (server.http().head(uid).header("x-pacifica-status").equals("error")) {
                return true;
            }
        }
        return false;
    }
}
