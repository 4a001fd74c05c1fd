package dev.cartd.cli;

import dev.cartd.archive.tape.TapeServer;
import dev.cartd.spi.ArchiveInterface;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** The whole job on an archive with the Tape REST API, which wants a token and redirects to a data server. */
class TapeIT {
    private static final String STAGE = "POST /api/v1/tape/stage";

    private final TapeServer tape = new TapeServer();
    private final Random random = new Random(7);

    @TempDir
    private Path home;

    @AfterEach
    void stop() {
        tape.close();
    }

    private LiveServer start() throws Exception {
        tape.token("token.of.tests");
        Path token = Files.writeString(home.resolve("token"), "token.of.tests\n");
        return LiveServer.start(home, URI.create("tape+" + tape.url()), "archiveinterface.token_file = " + token);
    }

    private Map<String, byte[]> onTape(Order order, String run, int count, int size) {
        Map<String, byte[]> files = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            String id = run + "/" + i + " +.dat";
            byte[] bytes = Order.bytes(random, size);
            tape.put(id, bytes, 1_700_000_000);
            tape.place(id, "TAPE");
            order.item(id, id, "sha256", Order.hash("SHA-256", bytes));
            files.put(id, bytes);
        }
        return files;
    }

    private static Order order() {
        return new Order(new ArchiveInterface());
    }

    private static void awaitTape(LiveServer server, String uid) {
        await().atMost(Duration.ofSeconds(90))
                .untilAsserted(() -> assertThat(server.http().head(uid).header("x-pacifica-message"))
                        .startsWith("The archive has been bringing files from tape since "));
    }

    private static void assertHas(LiveServer server, String uid, String top, Map<String, byte[]> files)
            throws Exception {
        Map<String, byte[]> got =
                Contents.ofTar(server.http().get(uid + "?filename=top").body());
        assertThat(got).hasSize(files.size());
        files.forEach((path, bytes) -> assertThat(got.get(top + "/" + path)).isEqualTo(bytes));
    }

    private long asked(String what) {
        return tape.asked().stream().filter(what::equals).count();
    }

    @Test
    void a_thousand_files_are_recalled_by_lists_and_survive_a_kill() throws Exception {
        tape.recalling(false);
        Order many = order();
        Map<String, byte[]> files = onTape(many, "many", 1000, 100);
        Order large = order();
        Map<String, byte[]> two = onTape(large, "large", 2, 3_000_000);
        try (LiveServer server = start()) {
            server.http().order("many", many.json(false));
            server.http().order("large", large.json(true));
            awaitTape(server, "many");
            awaitTape(server, "large");
            assertThat(asked(STAGE)).isEqualTo(3);
            server.kill();
            server.startAgain();
            awaitTape(server, "many");
            tape.data().cut("large/1 +.dat");
            tape.bring();
            server.http().awaitReady("many");
            server.http().awaitReady("large");
            assertThat(asked(STAGE))
                    .as("what was asked for is not asked for again")
                    .isEqualTo(3);
            assertThat(Set.copyOf(tape.released()))
                    .as("the receipts survive the kill")
                    .hasSize(1002);
            assertThat(tape.asked().stream().filter(what -> what.startsWith("POST /api/v1/tape/release/")))
                    .as("many are released at once")
                    .hasSizeLessThan(100);
            assertHas(server, "many", "top", files);
            assertHas(server, "large", "large", two);

            Path file = server.volume().resolve("1/many/many/0 +.dat");
            byte[] damaged = Files.readAllBytes(file);
            damaged[0]++;
            Files.write(file, damaged);
            assertThat(server.command("fixit --cartid many").exit()).isZero();
            assertHas(server, "many", "top", files);
            assertThat(server.log()).doesNotContain("token.of.tests");
        }
    }

    @Test
    void what_was_pulled_is_released_and_a_deleted_cart_is_given_up() throws Exception {
        Order here = order();
        onTape(here, "here", 3, 100);
        try (LiveServer server = start()) {
            server.http().order("here", here.json());
            server.http().awaitReady("here");
            assertThat(Set.copyOf(tape.released())).hasSize(3);

            tape.recalling(false);
            Order gone = order();
            onTape(gone, "gone", 3, 100);
            server.http().order("gone", gone.json());
            awaitTape(server, "gone");
            assertThat(server.http().delete("gone").status()).isEqualTo(200);
            await().atMost(Duration.ofSeconds(90))
                    .until(() -> Set.copyOf(tape.cancelled()).size() == 3);
            tape.bring();
            await().untilAsserted(() ->
                    assertThat(server.http().head("gone").status()).isEqualTo(404));
            assertThat(tape.asked()).noneMatch(what -> what.startsWith("GET /store/gone"));
        }
    }
}
