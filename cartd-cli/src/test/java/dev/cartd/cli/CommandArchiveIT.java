package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The built program with the program of docs/archives that plays a tape. */
class CommandArchiveIT {
    private static final String SOON = "\"recalls\", 2";

    /** Holds the files that are ordered; cartd never asks it. */
    private final ArchiveInterface unused = new ArchiveInterface();

    private Optional<LiveServer> started = Optional.empty();

    @TempDir
    private Path home;

    private Path archive;
    private Path program;

    @BeforeEach
    void start() throws Exception {
        boolean hasPython = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "python3")));
        assumeTrue(hasPython, "the example needs python3, which is not installed");
        archive = Files.createDirectory(home.resolve("archive"));
        program = archive.resolve("tape-directory");
        delay("3600");
        started = Optional.of(LiveServer.start(
                Files.createDirectory(home.resolve("server")),
                URI.create("command://" + program),
                "engine.heartbeat = 2 s"));
    }

    /** Has files come to disk so many seconds after they were asked for. */
    private void delay(String seconds) throws IOException {
        String text = Files.readString(Path.of("../docs/archives/tape-directory"));
        assertThat(text).contains(SOON);
        Path next = Files.writeString(archive.resolve("next"), text.replace(SOON, SOON.replace("2", seconds)));
        assertThat(next.toFile().setExecutable(true)).isTrue();
        Files.move(next, program, StandardCopyOption.REPLACE_EXISTING);
    }

    @AfterEach
    void stop() throws Exception {
        unused.close();
        if (started.isPresent()) {
            started.get().endUnharmed();
        }
    }

    private LiveServer server() {
        return started.orElseThrow();
    }

    private Order order(int seed) throws Exception {
        Order order = new Order(unused);
        for (int i = 0; i < 5; i++) {
            byte[] bytes = Order.bytes(new Random(seed + i), 20_000);
            order.file("d " + i % 2 + "/f" + i, bytes);
            Path file = archive.resolve("files").resolve(order.ids().get(i));
            Files.createDirectories(file.getParent());
            Files.write(file, bytes);
        }
        return order;
    }

    /** What is recalled and neither released nor cancelled. */
    private List<Path> recalls() throws IOException {
        try (Stream<Path> all = Files.walk(archive.resolve("recalls"))) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void carts_come_from_tape_and_are_released_whatever_happens_meanwhile() throws Exception {
        Order tree = order(10);
        Order tar = order(20);
        server().http().order("gone", order(30).json());
        server().http().order("tree", tree.json(false));
        server().http().order("tar", tar.json(true));
        for (String uid : List.of("gone", "tree", "tar")) {
            await().atMost(Duration.ofSeconds(90))
                    .untilAsserted(() -> assertThat(server().http().head(uid).header("x-pacifica-message"))
                            .startsWith("The archive has been bringing files from tape since "));
        }
        server().kill();
        assertThat(recalls()).hasSize(15);
        server().startAgain();
        assertThat(server().http().delete("gone").status()).isEqualTo(200);
        await().atMost(Duration.ofSeconds(90)).until(() -> recalls().size() == 10);

        delay("0");
        assertReady("tree", tree);
        assertReady("tar", tar);
        assertThat(recalls()).isEmpty();
        await().until(() -> ProcessHandle.allProcesses()
                .noneMatch(process -> process.info().commandLine().orElse("").contains(program.toString())));
    }

    private void assertReady(String uid, Order order) throws Exception {
        server().http().awaitReady(uid);
        Contents.assertSame(
                Contents.ofTar(server().http().get(uid + "?filename=" + uid).body()), uid, order.files());
    }
}
