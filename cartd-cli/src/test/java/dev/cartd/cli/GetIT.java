package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** {@code cartd get} as a user has it: it is killed, its server is killed, and its disk is full. */
class GetIT {
    private static final Path CARTD = Path.of("target/cartd/bin/cartd").toAbsolutePath();

    private final ArchiveInterface archive = new ArchiveInterface();
    private LiveServer server;
    private BadLine line;
    private Path target;

    @TempDir
    private Path home;

    @BeforeEach
    void start() throws Exception {
        server = LiveServer.start(
                Files.createDirectory(home.resolve("server")), archive.url(), "engine.heartbeat = 1 s");
        line = new BadLine(server.port());
        target = home.resolve("target");
    }

    @AfterEach
    void stop() throws Exception {
        try (archive) {
            line.close();
            server.endUnharmed();
        }
    }

    @Test
    void goes_on_after_a_kill_on_either_side_and_on_a_full_disk() throws Exception {
        Order order = new Order(archive);
        Random random = new Random(12);
        for (int i = 0; i < 8; i++) {
            order.file("d" + i % 2 + "/f" + i, Order.bytes(random, i == 0 ? 3_000_000 : 500_000));
        }
        server.http().order("my_cart", order.json());
        server.http().awaitReady("my_cart");
        line.rate(3_000_000);

        Process client = get("");
        await().atMost(Duration.ofSeconds(60)).until(() -> line.bytes() > 1_500_000);
        client.destroyForcibly().waitFor();

        // The limit of a shell is the cheapest full disk: a file cannot grow beyond it.
        Process full = get("ulimit -f 2000;");
        assertThat(full.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(full.exitValue()).as(log()).isEqualTo(1);
        assertThat(log()).contains("cartd: cannot write ", "the same command goes on where it was");

        long before = line.bytes();
        Process last = get("");
        await().atMost(Duration.ofSeconds(60)).until(() -> line.bytes() > before + 100_000);
        server.kill();
        server.startAgain();
        line.to(server.port());
        assertThat(last.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(last.exitValue()).as(log()).isZero();
        assertThat(log()).contains("8 of 8 files are there and proven: ");
        Contents.assertSame(Contents.ofDirectory(target), order.files());
        assertThat(line.bytes()).as("all attempts together").isLessThan(2 * 6_500_000);
    }

    private Process get(String before) throws IOException {
        List<String> command = new ArrayList<>(List.of("sh", "-c", before + " exec \"$@\"", "sh", CARTD.toString()));
        Stream.of("get", line.url("/my_cart"), target.toString()).forEach(command::add);
        ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
        builder.environment().put("HOME", home.toString());
        builder.environment().put("JAVA_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
        return builder.redirectErrorStream(true)
                .redirectOutput(home.resolve("get.log").toFile())
                .start();
    }

    private String log() throws IOException {
        return Files.readString(home.resolve("get.log"));
    }
}
