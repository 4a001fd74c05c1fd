package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** Several carts of one uid, their symlinks, and how they end. */
class JoiningIT {
    private static final ArchiveInterface ARCHIVE = new ArchiveInterface();

    private static LiveServer server;
    private static Http http;

    private List<String> before = List.of();

    @BeforeAll
    static void start(@TempDir Path home) throws Exception {
        server = LiveServer.start(home, ARCHIVE.url());
        http = server.http();
    }

    @AfterAll
    static void stop() throws Exception {
        try (ARCHIVE) {
            server.endUnharmed();
        }
    }

    @BeforeEach
    void remember() throws Exception {
        before = server.numbers();
    }

    @Test
    void equal_posts_at_once_make_one_cart() throws Exception {
        Order order = Order.random(ARCHIVE, 1, 4);
        postAtOnce("joined", order.json(), 8);
        http.awaitReady("joined");
        http.order("joined", order.json(false));
        assertThat(added()).isEqualTo(1);
        order.ids().forEach(id -> assertThat(ARCHIVE.requests("GET", id)).isEqualTo(1));
    }

    @Test
    void another_post_makes_a_further_cart_and_the_newest_is_seen() throws Exception {
        Order first = Order.random(ARCHIVE, 2, 2);
        Order second = Order.random(ARCHIVE, 3, 3);
        http.order("newest", first.json());
        http.awaitReady("newest");
        Path link = server.volume().resolve("cartuids/newest");
        Path older = Files.readSymbolicLink(link);
        ARCHIVE.pause();
        http.order("newest", second.json());
        // The newest is seen while it is staged; the link stays with the one that is ready.
        http.awaitAnswer("newest", "204 staging");
        assertThat(http.get("newest").status()).isEqualTo(202);
        assertThat(Files.readSymbolicLink(link)).isEqualTo(older);
        ARCHIVE.resume();
        http.awaitReady("newest");
        Contents.assertSame(Contents.ofTar(http.get("newest?filename=x").body()), "x", second.files());
        assertThat(Files.readSymbolicLink(link)).isNotEqualTo(older);
        assertThat(added()).isEqualTo(2);
        http.order("newest", second.json(true));
        await().untilAsserted(() ->
                assertThat(Files.readSymbolicLink(link).toString()).endsWith("newest.tar"));
        assertThat(added()).isEqualTo(3);
        assertThat(http.delete("newest").status()).isEqualTo(200);
        assertGone("newest");
    }

    @Test
    void a_cart_in_error_is_not_joined() throws Exception {
        byte[] bytes = {1, 2};
        Order order = new Order(ARCHIVE).file("late.txt", bytes);
        ARCHIVE.remove(order.ids().get(0));
        http.order("again", order.json());
        http.awaitAnswer("again", "500 error Failed to stage file late.txt: the archive does not have it");
        ARCHIVE.put(order.ids().get(0), bytes);
        http.order("again", order.json());
        http.awaitReady("again");
        Contents.assertSame(Contents.ofTar(http.get("again?filename=x").body()), Map.of("x/late.txt", bytes));
    }

    @Test
    void a_cart_is_deleted_while_it_is_staged() throws Exception {
        Order order = Order.random(ARCHIVE, 4, 4);
        ARCHIVE.tape(order.ids().get(3), Duration.ofDays(1));
        http.order("on-tape", order.json());
        await().until(() -> ARCHIVE.requests("GET", order.ids().get(0)) > 0);
        ARCHIVE.pause();
        http.order("paused", Order.random(ARCHIVE, 5, 4).json(true));
        http.awaitAnswer("paused", "204 staging");
        for (String uid : new String[] {"on-tape", "paused"}) {
            // The archive answers nothing meanwhile.
            assertThat(http.delete(uid).status()).isEqualTo(200);
            assertThat(http.head(uid).status()).isEqualTo(404);
            assertThat(http.delete(uid).status()).isEqualTo(404);
        }
        ARCHIVE.resume();
        assertGone("on-tape");
        assertGone("paused");
    }

    private int added() throws IOException {
        return server.numbers().size() - before.size();
    }

    private void assertGone(String uid) {
        Path link = server.volume().resolve("cartuids").resolve(uid);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(Files.exists(link, LinkOption.NOFOLLOW_LINKS)).isFalse();
            assertThat(server.numbers()).isEqualTo(before);
        });
    }

    private void postAtOnce(String uid, String body, int times) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(times);
        CyclicBarrier start = new CyclicBarrier(times);
        List<Future<Integer>> answers = new ArrayList<>();
        try {
            for (int i = 0; i < times; i++) {
                answers.add(threads.submit(() -> {
                    start.await();
                    return post(uid, body);
                }));
            }
            for (Future<Integer> answer : answers) {
                assertThat(answer.get()).isEqualTo(201);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private int post(String uid, String body) throws IOException {
        return http.post(uid, body).status();
    }
}
