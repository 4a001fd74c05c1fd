package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Many clients at once, and one that wants very much; compared with how fast it goes without them. */
class LoadIT {
    private static final ArchiveInterface ARCHIVE = new ArchiveInterface();
    private static final int READERS = 400;
    private static final int QUESTIONS = 60;

    /** How much slower an answer may be beside them: far less than if it had to wait for one of them. */
    private static final int SLOWER = 50;

    /** How much longer each file of a large cart may take than of a small one. */
    private static final int SLOWER_EACH = 3;

    private static LiveServer server;
    private static Http http;

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

    @Test
    void slow_readers_leave_the_server_answering() throws Exception {
        http.order(
                "slow",
                new Order(ARCHIVE)
                        .file("a.dat", new byte[8 << 20])
                        .file("b.dat", new byte[1])
                        .json());
        http.awaitReady("slow");
        Duration alone = ask();
        Duration beside;
        try (SlowReaders readers = SlowReaders.start(server.port(), "slow", READERS)) {
            beside = ask();
            // None had to end before the server answered.
            assertThat(readers.reading()).isEqualTo(READERS);
        }
        System.out.println("HEAD beside " + READERS + " slow readers: " + beside + ", without them: " + alone);
        assertThat(beside).isLessThan(alone.multipliedBy(SLOWER));
        http.delete("slow");
    }

    /** The median of how long an answer takes. */
    private static Duration ask() throws IOException {
        List<Duration> answers = new ArrayList<>();
        for (int i = 0; i < QUESTIONS; i++) {
            Instant asked = Instant.now();
            assertThat(http.head("slow").pacifica()).isEqualTo("204 ready");
            answers.add(Duration.between(asked, Instant.now()));
        }
        answers.sort(Duration::compareTo);
        return answers.get(QUESTIONS / 2);
    }

    @Test
    void a_cart_of_100_000_files_is_accepted_at_once() throws Exception {
        Duration few = post("few", 10_000);
        Duration many = post("many", 100_000);
        System.out.println("POST of 100,000 files: " + many + ", of 10,000: " + few);
        assertThat(many).isLessThan(few.multipliedBy(10L * SLOWER_EACH));
    }

    private static Duration post(String uid, int files) throws IOException {
        Order order = new Order(ARCHIVE);
        for (int i = 0; i < files; i++) {
            order.item("many/" + i, "dir" + i % 100 + "/some/where/file" + i + ".dat", "md5", "0".repeat(32));
        }
        String body = order.json();
        Instant asked = Instant.now();
        http.order(uid, body);
        Duration took = Duration.between(asked, Instant.now());
        assertThat(http.head(uid).status()).isNotEqualTo(404);
        assertThat(http.delete(uid).status()).isEqualTo(200);
        return took;
    }
}
