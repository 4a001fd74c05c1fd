package dev.cartd.server;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MetricsRouteTest {
    private static final Duration STOP = Duration.ofMinutes(1);

    private final Running running = new Running(Running.CONFIG.withStopTimeout(STOP));

    @AfterEach
    void stop() {
        running.close();
    }

    @Test
    void thereAreNoneUntilTheProgramHasSome() throws IOException {
        assertThat(running.ask("GET", "/-/metrics").status()).isEqualTo(404);
    }

    @Test
    void theProgramMakesTheTextThatTheClientAccepts() throws IOException {
        running.server.metrics(
                accept -> new MetricsText.Page("text/x; for=\"" + accept + "\"; charset=utf-8", "a 1\n"));
        Reply reply = running.ask("GET", "/-/metrics", "Accept: y/z");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("Content-Type")).isEqualTo("text/x; for=\"y/z\"; charset=utf-8");
        assertThat(reply.text()).isEqualTo("a 1\n");
        assertThat(running.ask("HEAD", "/-/metrics").header("Content-Length")).isEqualTo("4");
        assertThat(running.ask("POST", "/-/metrics").header("Allow")).isEqualTo("GET, HEAD");
    }

    @Test
    void aDefectIsAnswered() throws IOException {
        running.server.metrics(accept -> {
            throw new IllegalStateException("secret");
        });
        assertThat(running.ask("GET", "/-/metrics").status()).isEqualTo(500);
    }

    @Test
    void aDatabaseThatHangsHoldsUpNothingElse() throws Exception {
        CountDownLatch hang = new CountDownLatch(1);
        running.server.metrics(accept -> {
            awaitUninterruptibly(hang);
            return new MetricsText.Page("text/plain", "a 1\n");
        });
        List<Wire> wires = new ArrayList<>();
        try {
            for (int i = 0; i < 60; i++) {
                wires.add(running.connect().say(Running.request("GET", "/-/metrics") + "\r\n"));
            }
            assertThat(running.ask("GET", "/").status()).isEqualTo(200);
            hang.countDown();
            List<Integer> codes = new ArrayList<>();
            for (Wire wire : wires) {
                codes.add(wire.reply().status());
            }
            assertThat(codes).contains(200, 503).containsOnly(200, 503);
        } finally {
            hang.countDown();
            for (Wire wire : wires) {
                wire.close();
            }
        }
    }

    @Test
    void aServerThatStopsLetsThemGo() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        running.server.metrics(accept -> {
            begun.countDown();
            return never();
        });
        List<Wire> wires = new ArrayList<>();
        try {
            wires.add(running.connect().say(Running.request("GET", "/-/metrics") + "\r\n"));
            begun.await();
            // One more than may wait: once it is refused the others wait.
            for (int i = 0; i < 9; i++) {
                wires.add(running.connect().say(Running.request("GET", "/-/metrics") + "\r\n"));
            }
            Running.soon().until(() -> {
                int answered = 0;
                for (Wire wire : wires) {
                    answered += wire.in().available() > 0 ? 1 : 0;
                }
                return answered == 1;
            });
            long stops = System.nanoTime();
            running.server.close();
            assertThat(System.nanoTime() - stops).isLessThan(STOP.toNanos());
            assertThat(wires.get(0).reply().status()).isEqualTo(500);
            for (Wire wire : wires.subList(1, wires.size())) {
                assertThat(wire.reply().status()).isEqualTo(503);
            }
        } finally {
            for (Wire wire : wires) {
                wire.close();
            }
        }
    }

    /** As a query that heeds the interrupt. */
    private static MetricsText.Page never() {
        try {
            new CountDownLatch(1).await();
            throw new AssertionError("nobody counts down");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return;
            } catch (InterruptedException e) {
                // As a query that does not listen.
            }
        }
    }

    @Test
    void downloadsAreCounted() throws IOException {
        running.carts.ready("x", FakeBundle.of(100_000));
        assertThat(running.ask("GET", "/x").status()).isEqualTo(200);
        assertThat(running.ask("GET", "/x", "Range: bytes=99000-").status()).isEqualTo(206);
        Running.soon().until(() -> running.server.downloads().running() == 0);
        assertThat(running.server.downloads()).isEqualTo(new DownloadCounts(0, 2, 1, 0, 0, 101_000));
    }
}
