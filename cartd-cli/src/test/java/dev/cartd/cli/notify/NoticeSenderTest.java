package dev.cartd.cli.notify;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartRequest.Item;
import dev.cartd.cli.config.Configuration;
import dev.cartd.cli.metrics.NoticeCounts;
import dev.cartd.spi.Notice;
import dev.cartd.store.Database;
import dev.cartd.store.DatabaseConfig;
import dev.cartd.system.Network;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Dns;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** Notices of a real database, sent over real HTTP. */
class NoticeSenderTest {
    private static final Duration AMPLE = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(10);

    @TempDir
    private Path directory;

    private final MockWebServer receiver = new MockWebServer();
    private final NoticeCounts counts = new NoticeCounts();
    private Database database;
    private Path key;

    @BeforeEach
    void start() throws IOException {
        receiver.start(InetAddress.getLoopbackAddress(), 0);
        key = Files.writeString(directory.resolve("key"), "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
        database = Database.open(
                DatabaseConfig.of("sqlite:///" + directory.resolve("db")).withReceivers(Set.of(Notice.URL)),
                InstantSource.system());
        database.sync();
    }

    @AfterEach
    void stop() {
        database.close();
        receiver.close();
    }

    private NoticeSender sender(Duration firstPause, int mostTries) {
        return sender(receiver.getPort(), firstPause, mostTries);
    }

    private NoticeSender sender(int port, Duration firstPause, int mostTries) {
        Configuration.Notify settings = new Configuration.Notify(
                Optional.of(URI.create("http://127.0.0.1:" + port + "/hook")),
                Set.of("127.0.0.1:1"),
                List.of(Network.of("127.0.0.1")),
                Optional.of(key),
                Optional.empty());
        NoticeSender sender = new NoticeSender(
                database.notices(), new Receivers(settings, AMPLE, AMPLE, Dns.SYSTEM), counts, firstPause, mostTries);
        sender.start(SHORT);
        return sender;
    }

    private static void sending(NoticeSender sender, Runnable meanwhile) {
        try {
            meanwhile.run();
        } finally {
            sender.close();
        }
    }

    private Cart ready(String uid) {
        Item file = Item.of("a", "a", "md5", "acbd18db4cc2f85cedef654fccc4a4d8");
        Cart cart = database.store()
                .claim(database.store()
                        .add(new CartRequest(uid, false, List.of(file)), 0)
                        .id())
                .orElseThrow();
        assertThat(database.store().finish(cart, List.of(), "", "/v/" + cart.id()))
                .isTrue();
        return cart;
    }

    private void answer(int... codes) {
        for (int code : codes) {
            receiver.enqueue(new MockResponse.Builder().code(code).build());
        }
    }

    private List<Notice> left() {
        return database.notices().list(100);
    }

    @Test
    void whatDoesNotArriveIsTriedAgainWithTheSameId() throws Exception {
        ready("x");
        answer(500, 302, 200);
        sending(sender(SHORT, 10), () -> {
            await().until(() -> left().isEmpty());
            await().until(() -> counts.sent().sum() == 1);
        });
        assertThat(counts.failed().sum()).isEqualTo(2);
        String first = receiver.takeRequest().getBody().utf8();
        assertThat(receiver.takeRequest().getBody().utf8()).isEqualTo(first);
        assertThat(receiver.takeRequest().getBody().utf8()).isEqualTo(first).contains("dev.cartd.cart.ready");
        assertThat(receiver.getRequestCount()).isEqualTo(3);
    }

    @Test
    void pausesGrowAndSurviveARestart() {
        ready("x");
        answer(500);
        sending(sender(Duration.ofHours(1), 10), () -> {
            await().until(() -> counts.failed().sum() == 1);
        });
        Notice waits = left().get(0);
        assertThat(waits.tries()).isEqualTo(1);
        assertThat(waits.failure()).endsWith(" answers 500");
        assertThat(Duration.between(
                        InstantSource.system().instant(), waits.due().orElseThrow()))
                .as("no longer than ten minutes")
                .isBetween(Duration.ofMinutes(5), Duration.ofMinutes(10));

        // Another one is sent by the next sender, and shows that this one was not due.
        ready("y");
        answer(200);
        sending(sender(SHORT, 10), () -> {
            await().until(() -> counts.sent().sum() == 1);
        });
        assertThat(left()).singleElement().isEqualTo(waits);
    }

    @Test
    void whatNeverArrivesIsGivenUpAndCanBeSentAgain() {
        ready("x");
        answer(500, 500, 500, 200);
        sending(sender(SHORT, 3), () -> {
            await().until(() -> counts.givenUp().sum() == 1);
            assertThat(left()).singleElement().satisfies(notice -> {
                assertThat(notice.due()).isEmpty();
                assertThat(notice.tries()).isEqualTo(3);
            });
            assertThat(database.notices().retry(Set.of())).isEqualTo(1);
            await().until(() -> left().isEmpty());
        });
        assertThat(receiver.getRequestCount()).isEqualTo(4);
    }

    /** The other host takes connections and never answers. */
    @Test
    void aSlowReceiverDoesNotHoldUpOthers() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Cart cart = ready("x");
            for (int i = 0; i < 10; i++) {
                database.notices().tell(cart.id(), "https://127.0.0.1:" + silent.getLocalPort() + "/" + i);
            }
            for (int i = 0; i < 30; i++) {
                ready("y" + i);
                answer(200);
            }
            answer(200);
            Configuration.Notify settings = new Configuration.Notify(
                    Optional.of(URI.create("http://127.0.0.1:" + receiver.getPort() + "/hook")),
                    Set.of("127.0.0.1:" + silent.getLocalPort()),
                    List.of(Network.of("127.0.0.1")),
                    Optional.of(key),
                    Optional.empty());
            Receivers receivers = new Receivers(settings, Duration.ofMinutes(5), AMPLE, Dns.SYSTEM);
            NoticeSender sender = new NoticeSender(database.notices(), receivers, counts, SHORT, 3);
            sender.start(SHORT);
            sending(sender, () -> {
                await().until(() -> counts.sent().sum() == 31);
                assertThat(left()).hasSize(10);
            });
        }
    }

    @Test
    void twoSendersSendEachNoticeOnce() {
        for (int i = 0; i < 40; i++) {
            ready("x" + i);
            answer(200);
        }
        sending(sender(SHORT, 3), () -> sending(sender(SHORT, 3), () -> await().until(() -> left().isEmpty())));
        assertThat(receiver.getRequestCount()).isEqualTo(40);
    }

    /** The configuration refuses this port: it stands for whatever nobody thought of. */
    @Test
    void aDefectCountsAsATry() {
        ready("x");
        sending(
                sender(70_000, SHORT, 3),
                () -> await().until(() -> counts.givenUp().sum() == 1));
        assertThat(counts.failed().sum()).isEqualTo(3);
        assertThat(left().get(0).failure()).contains("70000");
    }

    @Test
    void whatIsNotAllowedAnyMoreIsNotSent() {
        Cart cart = ready("x");
        database.notices().list(10).forEach(database.notices()::sent);
        database.notices().tell(cart.id(), "https://127.0.0.1:2/");
        sending(sender(SHORT, 1), () -> {
            await().until(() -> counts.givenUp().sum() == 1);
        });
        assertThat(left().get(0).failure()).isEqualTo("[notify] allow_hosts does not have the host any more");
    }
}
