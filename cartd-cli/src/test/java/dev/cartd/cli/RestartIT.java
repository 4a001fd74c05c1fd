package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static java.net.http.HttpRequest.BodyPublishers.noBody;
import static org.assertj.core.api.Assertions.assertThat;

/** A server that ends, in peace or not, and what its successor finds. */
class RestartIT {
    private final ArchiveInterface archive = new ArchiveInterface();
    private LiveServer server;

    @TempDir
    private Path home;

    @BeforeEach
    void start() throws Exception {
        server = LiveServer.start(home, archive.url(), "engine.heartbeat = 1 s", "archiveinterface.timeout = 3 s");
    }

    @AfterEach
    void stop() throws Exception {
        try (archive) {
            server.endUnharmed();
        }
    }

    @Test
    void ready_carts_stay_as_they_were_and_carts_in_work_go_on() throws Exception {
        Order ready = Order.random(archive, 1, 5);
        server.http().order("streamed", ready.json(false));
        server.http().order("bundled", ready.json(true));
        server.http().awaitReady("streamed");
        server.http().awaitReady("bundled");
        Reply streamed = server.http().get("streamed?filename=x");
        Reply bundled = server.http().get("bundled?filename=x");
        archive.pause();
        Order work = Order.random(archive, 2, 5);
        server.http().order("in-work", work.json(false));
        server.http().order("in-work-too", work.json(true));
        server.http().awaitAnswer("in-work", "204 staging");
        assertThat(server.terminate()).isZero();

        archive.resume();
        server.startAgain();
        assertSame(server.http().get("streamed?filename=x"), streamed);
        assertSame(server.http().get("bundled?filename=x"), bundled);
        assertReady("in-work", work);
        assertReady("in-work-too", work);
    }

    @Test
    void after_a_power_failure_no_file_is_pulled_again_that_was_recorded() throws Exception {
        Order streamed = onlyTheLastOnTape(3);
        Order bundled = onlyTheLastOnTape(4);
        server.http().order("killed", streamed.json(false));
        server.http().order("killed-too", bundled.json(true));
        // The progress that HEAD tells is what is recorded.
        for (String uid : List.of("killed", "killed-too")) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> server.http().head(uid).header("x-cartd-files").equals("5/6"));
        }
        server.kill();

        List.of(streamed, bundled).forEach(order -> archive.medium(order.ids().get(5), "disk"));
        server.startAgain();
        assertReady("killed", streamed);
        assertReady("killed-too", bundled);
        for (String id : streamed.ids()) {
            assertThat(archive.requests("GET", id)).as(id).isEqualTo(1);
        }
        for (String id : bundled.ids()) {
            assertThat(archive.requests("GET", id)).as(id).isEqualTo(1);
        }
    }

    private Order onlyTheLastOnTape(long seed) {
        Order order = Order.random(archive, seed, 6);
        archive.tape(order.ids().get(5), Duration.ofDays(1));
        return order;
    }

    @Test
    void a_download_that_runs_gets_its_time_when_the_server_is_told_to_stop() throws Exception {
        Order order = new Order(archive).file("large.dat", Order.bytes(new Random(4), 24 << 20));
        server.http().order("running", order.json());
        server.http().awaitReady("running");
        HttpResponse<java.io.InputStream> response =
                server.http().ask("GET", "running?filename=x", noBody(), BodyHandlers.ofInputStream());
        // A client that has not read on yet: the rest is more than sockets hold.
        server.signal();
        await().until(() -> server.log().contains("stopping"));
        Contents.assertSame(Contents.ofTar(response.body()), "x", order.files());
        assertThat(server.awaitExit()).isZero();
        server.startAgain();
    }

    private void assertReady(String uid, Order order) throws Exception {
        server.http().awaitReady(uid);
        Contents.assertSame(
                Contents.ofTar(server.http().get(uid + "?filename=" + uid).body()), uid, order.files());
    }

    private static void assertSame(Reply now, Reply before) {
        assertThat(now.status()).isEqualTo(200);
        assertThat(now.header("etag")).isEqualTo(before.header("etag"));
        assertThat(now.header("last-modified")).isEqualTo(before.header("last-modified"));
        assertThat(now.body()).isEqualTo(before.body());
    }
}
