package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
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

/** Many clients at once, and one that wants very much; the bounds are wide, for machines that are busy. */
class LoadIT {
    private static final ArchiveInterface ARCHIVE = new ArchiveInterface();
    private static final int READERS = 400;
    private static final int QUESTIONS = 60;

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
        List<Duration> answers = new ArrayList<>();
        try (SlowReaders readers = SlowReaders.start(server.port(), "slow", READERS)) {
            for (int i = 0; i < QUESTIONS; i++) {
                Instant asked = Instant.now();
                assertThat(http.head("slow").pacifica()).isEqualTo("204 ready");
                answers.add(Duration.between(asked, Instant.now()));
            }
            assertThat(readers.reading()).isEqualTo(READERS);
        }
        answers.sort(Duration::compareTo);
        System.out.println("HEAD beside " + READERS + " slow readers: median " + answers.get(QUESTIONS / 2) + ", worst "
                + answers.get(QUESTIONS - 1));
        assertThat(answers.get(QUESTIONS / 2)).isLessThan(Duration.ofMillis(250));
        assertThat(answers.get(QUESTIONS - 1)).isLessThan(Duration.ofSeconds(5));
        http.delete("slow");
    }

    @Test
    void a_cart_of_100_000_files_is_accepted_at_once() throws Exception {
        Order order = new Order(ARCHIVE);
        for (int i = 0; i < 100_000; i++) {
            order.item("many/" + i, "dir" + i % 100 + "/some/where/file" + i + ".dat", "md5", "0".repeat(32));
        }
        String body = order.json();
        Instant asked = Instant.now();
        http.order("many", body);
        Duration took = Duration.between(asked, Instant.now());
        System.out.println("POST of 100,000 files: " + took);
        assertThat(took).isLessThan(Duration.ofSeconds(10));
        assertThat(http.head("many").status()).isNotEqualTo(404);
        assertThat(http.delete("many").status()).isEqualTo(200);
    }
}
