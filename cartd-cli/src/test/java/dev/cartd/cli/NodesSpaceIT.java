package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import dev.cartd.store.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** Two servers on one PostgreSQL database and one volume that is too small for what they are asked for together. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class NodesSpaceIT {
    private static final long QUOTA = 8_000_000;
    private static final int CARTS = 12;
    private static final Pattern READY = Pattern.compile("cart \\d+ \\([^)]+\\) is ready");

    /** All that carts take or may still take. */
    private static final String PROMISED_AND_USED = """
            select coalesce(sum(case when status in ('waiting', 'staging', 'bundling') and deleted_date is null
                then greatest(coalesce(held, 0), reserved) else coalesce(held, 0) end), 0) from cart""";

    @TempDir
    private Path home;

    @Test
    void together_they_promise_no_more_than_there_is() throws Exception {
        try (PostgresServer postgres = PostgresServer.start();
                ArchiveInterface archive = new ArchiveInterface()) {
            LiveServer.sync(postgres.copy("space", "template0"));
            try (LiveServer one = node("one", postgres, archive);
                    LiveServer two = node("two", postgres, archive)) {
                archive.slow(Duration.ofMillis(20), 4 << 20);
                for (int i = 0; i < CARTS; i++) {
                    one.http().order("one-" + i, order(archive, i).json(i % 2 == 0));
                    two.http().order("two-" + i, order(archive, CARTS + i).json(i % 2 == 1));
                }
                assertBounded(postgres, one, two);
            }
        }
    }

    private void assertBounded(PostgresServer postgres, LiveServer one, LiveServer two) {
        long[] most = new long[2];
        await().atMost(Duration.ofSeconds(90)).until(() -> {
            most[0] = Math.max(most[0], postgres.count("space", PROMISED_AND_USED));
            most[1] = Math.max(most[1], onDisk());
            return ready(one) + ready(two) == 2 * CARTS;
        });
        assertThat(most[0]).as("promised and used").isBetween(QUOTA / 2, QUOTA);
        assertThat(most[1]).as("on the disk").isBetween(QUOTA / 2, QUOTA);
        assertThat(ready(one)).isPositive();
        assertThat(ready(two)).isPositive();
    }

    private LiveServer node(String name, PostgresServer postgres, ArchiveInterface archive) throws Exception {
        return LiveServer.node(
                home.resolve(name),
                home.resolve("volume"),
                postgres.url("space"),
                archive.url(),
                "serve --port 0",
                "engine.heartbeat = 1 s",
                "engine.parallel_carts = 3",
                "cartd.volume_size = " + QUOTA);
    }

    private static Order order(ArchiveInterface archive, int seed) {
        return new Order(archive).file("a.dat", Order.bytes(new Random(seed), 1_000_000 + 100_000 * (seed % 7)));
    }

    private static long ready(LiveServer node) {
        try {
            return READY.matcher(node.log()).results().count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The bytes of all files that are there; some may go while they are counted. */
    private long onDisk() {
        try (Stream<Path> all = Files.walk(home.resolve("volume"))) {
            return all.map(Path::toFile)
                    .filter(file -> file.isFile() && !Files.isSymbolicLink(file.toPath()))
                    .mapToLong(file -> file.length())
                    .sum();
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }
}
