package dev.cartd.archive.command;

import dev.cartd.Cartd;
import dev.cartd.ScriptedArchive;
import dev.cartd.bundle.Bundle;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.spi.Archive;
import dev.cartd.spi.Archive.Medium;
import dev.cartd.spi.ArchiveException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The program of docs/archives that plays a tape, as docs/archives.md has it: from a list of files to a tar. */
class ExampleProgramsTest {
    private static final Path EXAMPLES = Path.of("../docs/archives");

    @TempDir
    private Path home;

    private Path program;

    @BeforeEach
    void copy() throws IOException {
        assumeTrue(has("python3"), "the examples need python3, which is not installed");
        program = Files.copy(EXAMPLES.resolve("tape-directory"), home.resolve("tape-directory"));
        program.toFile().setExecutable(true);
        Files.createDirectory(home.resolve("files"));
    }

    static boolean has(String command) {
        return List.of(System.getenv("PATH").split(":")).stream()
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, command)));
    }

    private CommandArchive archive() {
        return new CommandArchive(program, Duration.ofSeconds(20), 4, 1000);
    }

    private CartRequest.Item file(String id) throws IOException {
        byte[] content = ("content of " + id).getBytes(StandardCharsets.UTF_8);
        Path file = home.resolve("files").resolve(id);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
        return CartRequest.Item.of(id, "d/" + id, "sha256", ScriptedArchive.hash("SHA-256", content));
    }

    @Test
    void aCartComesFromTape() throws Exception {
        List<CartRequest.Item> items = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            items.add(file("2026/run " + i + " \"'$&é.dat"));
        }
        try (Archive archive = archive();
                Cartd cartd = Cartd.builder(archive, home.resolve("volume")).start()) {
            cartd.submit(new CartRequest("x", false, items));
            assertThat(cartd.await("x", Duration.ofMinutes(1)))
                    .map(Cart::status)
                    .contains(CartStatus.READY);
            Bundle bundle = cartd.open("x", "x.tar");
            try (InputStream tar = Channels.newInputStream(bundle.open(0, bundle.length()))) {
                assertThat(new String(tar.readAllBytes(), StandardCharsets.UTF_8))
                        .contains("content of 2026/run 0 ", "content of 2026/run 9 ");
            }
        }
        assertThat(recalls()).as("all are released").isEmpty();
    }

    private List<Path> recalls() throws IOException {
        try (Stream<Path> all = Files.walk(home.resolve("recalls"))) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void aFileThatTwoCartsNeedIsReleasedByBoth() throws Exception {
        file("a");
        try (Archive archive = archive()) {
            String one = archive.stage(List.of("a")).receipt().orElseThrow();
            String two = archive.stage(List.of("a")).receipt().orElseThrow();
            archive.release(one, List.of("a"));
            assertThat(recalls()).extracting(Path::getFileName).containsExactly(Path.of(two));
            archive.cancel(two, List.of("a"));
            archive.cancel(two, List.of("a"));
            assertThat(recalls()).isEmpty();
        }
    }

    @Test
    void deletingACartThatIsBeingRecalledLeavesNothingBehind() throws Exception {
        CartRequest request = new CartRequest("x", false, List.of(file("a"), file("b")));
        try (Archive archive = archive();
                Cartd cartd = Cartd.builder(archive, home.resolve("volume")).start()) {
            cartd.submit(request);
            await().until(() -> Files.exists(home.resolve("recalls")));
            cartd.delete("x");
        }
        await().until(() -> ProcessHandle.current()
                .descendants()
                .noneMatch(process -> process.info().commandLine().orElse("").contains("tape-directory")));
    }

    @Test
    void itAnswersForEachFileAndSaysWhenItIsAway() throws Exception {
        file("a");
        Files.writeString(program, Files.readString(program).replace("\"recalls\", 2", "\"recalls\", 3600"));
        try (Archive archive = archive()) {
            assertThat(archive.stage(List.of("a", "b")).failed()).containsOnlyKeys("b");
            Map<String, Archive.Status> answers = archive.status(List.of("a", "b"));
            assertThat(((Archive.Found) Objects.requireNonNull(answers.get("a"))).medium())
                    .isEqualTo(Medium.TAPE);
            Files.delete(home.resolve("files/a"));
            Files.delete(home.resolve("files"));
            assertThatThrownBy(() -> archive.status("a"))
                    .isInstanceOf(ArchiveException.Unreachable.class)
                    .hasMessage("the archive's program says that the archive is away: " + home.toRealPath()
                            + "/files is not mounted");
        }
    }
}
