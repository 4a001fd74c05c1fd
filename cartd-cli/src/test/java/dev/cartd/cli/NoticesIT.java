package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** Notices of the built program, whatever dies when. */
@Timeout(value = 600, unit = TimeUnit.SECONDS)
class NoticesIT {
    private static final String KEY = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    @TempDir
    private Path home;

    private final ArchiveInterface archive = new ArchiveInterface();
    private final MockWebServer receiver = new MockWebServer();
    private final List<String> came = new CopyOnWriteArrayList<>();
    private volatile int code = 503;

    @BeforeEach
    void start() throws IOException {
        receiver.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                if (code == 200) {
                    came.add(request.getBody().utf8());
                }
                return new MockResponse.Builder().code(code).build();
            }
        });
        receiver.start(InetAddress.getLoopbackAddress(), 0);
        Files.writeString(home.resolve("key"), KEY);
    }

    @AfterEach
    void stop() throws Exception {
        receiver.close();
        archive.close();
    }

    private LiveServer server() throws Exception {
        return LiveServer.start(
                home.resolve("server"),
                archive.url(),
                "notify.url = http://127.0.0.1:" + receiver.getPort() + "/hook/s3cret",
                "notify.allow_networks = 127.0.0.1",
                "notify.secret_file = " + home.resolve("key"));
    }

    @Test
    void aNoticeSurvivesKillsAndIsSentOnceItCanBe() throws Exception {
        try (LiveServer server = server()) {
            Order order = Order.random(archive, 1, 5);
            server.http().order("told", order.json());
            server.http().awaitReady("told");
            await().until(() -> server.command("notices").out().contains(" answers 503"));
            server.kill();

            server.startAgain();
            int before = receiver.getRequestCount();
            // If the kill met a try, the next one comes when the claim of that one has ended.
            await().atMost(Duration.ofMinutes(4)).until(() -> receiver.getRequestCount() > before);
            Program list = server.command("notices");
            assertThat(list.out()).contains("(told) is ready since ", ", to url, ", " answers 503");
            server.kill();

            code = 200;
            server.startAgain();
            // The pauses double with each try, and a busy machine had time for many.
            await().atMost(Duration.ofMinutes(4)).until(() -> !came.isEmpty());
            assertThat(came.get(0)).contains("\"type\":\"dev.cartd.cart.ready\"", "\"subject\":\"told\"");
            await().until(() -> server.command("notices").out().isEmpty());
            assertThat(server.http().get("-/metrics").text()).contains("cartd_notices_sent_total 1.0");
            assertNoSecret(server, list);
        }
    }

    private void assertNoSecret(LiveServer server, Program list) throws Exception {
        try (var logs = Files.list(server.home())) {
            for (Path log : logs.filter(file -> file.getFileName().toString().startsWith("log"))
                    .toList()) {
                assertThat(log).content().doesNotContain("s3cret", KEY, KEY.substring(6));
            }
        }
        assertThat(list.out() + list.err()).doesNotContain("s3cret", KEY);
        assertThat(server.http().get("-/metrics").text()).doesNotContain("s3cret", KEY);
    }

    @Test
    void failedAndEvictedCartsAreToldToo() throws Exception {
        code = 200;
        try (LiveServer server = server()) {
            server.http()
                    .order(
                            "fails",
                            "{\"fileids\": [{\"id\": \"none\", \"path\": \"a\", \"hashtype\": \"md5\", \"hashsum\":"
                                    + " \"acbd18db4cc2f85cedef654fccc4a4d8\"}]}");
            await().until(() -> came.stream().anyMatch(event -> event.contains("dev.cartd.cart.failed")));
            Order order = Order.random(archive, 1, 5);
            server.http().order("goes", order.json());
            server.http().awaitReady("goes");
            assertThat(server.command("space --free 1").exit()).isZero();
            await().until(() -> came.stream()
                    .anyMatch(event -> event.contains("dev.cartd.cart.evicted") && event.contains("\"goes\"")));
        }
    }
}
