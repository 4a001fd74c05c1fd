package dev.cartd.archive.tape;

import dev.cartd.spi.Archive;
import dev.cartd.spi.Archive.Found;
import dev.cartd.spi.Archive.Medium;
import dev.cartd.spi.ArchiveException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TapeArchiveTest {
    private static final String API = " /api/v1/tape/";

    private final TapeServer server = new TapeServer();
    private TapeArchive archive = open(Optional.empty(), Set.of());

    private TapeArchive open(Optional<Path> token, Set<String> trusted) {
        return new TapeArchive(
                server.url(), new TapeSettings(Optional.empty(), 500, 2, token, trusted), Duration.ofSeconds(20), 8);
    }

    @AfterEach
    void stop() {
        archive.close();
        server.close();
    }

    private List<String> onTape(int count) {
        List<String> ids = IntStream.range(0, count).mapToObj(i -> "run/" + i).toList();
        for (String id : ids) {
            server.put(id, new byte[10], 1_700_000_000);
            server.place(id, "TAPE");
        }
        return ids;
    }

    private long asked(String what) {
        return server.asked().stream().filter(what::equals).count();
    }

    private static void drain(Archive archive, String id, long size) throws IOException {
        try (InputStream in = archive.pull(id, 0, size)) {
            assertThat(in.readAllBytes()).hasSize((int) size);
        }
    }

    @Test
    void aListIsOneRequest() throws IOException {
        List<String> ids = onTape(120);
        assertThat(archive.status(ids).values()).hasSize(120).containsOnly(new Found(10, 1_700_000_000, Medium.TAPE));
        assertThat(archive.stage(ids)).isEqualTo(new Archive.Staged(Optional.of("r-0"), Map.of()));
        assertThat(archive.status(ids).values()).containsOnly(new Found(10, 1_700_000_000, Medium.DISK));
        assertThat(asked("POST" + API + "stage")).isEqualTo(1);
        assertThat(asked("POST" + API + "archiveinfo")).isEqualTo(2);
        assertThat(server.released()).isEmpty();
        drain(archive, "run/7", 10);
        assertThat(server.released()).isEmpty();
        archive.release("r-0", ids);
        assertThat(server.released()).hasSize(120).startsWith("/store/run/0").endsWith("/store/run/119");
        assertThat(asked("POST" + API + "release/r-0")).isEqualTo(1);
        assertThat(asked("GET /.well-known/wlcg-tape-rest-api")).isEqualTo(1);
    }

    @Test
    void aRecallIsCancelledInParts() {
        server.recalling(false);
        List<String> ids = onTape(3);
        String receipt = archive.stage(ids).receipt().orElseThrow();
        archive.cancel(receipt, ids.subList(0, 2));
        assertThat(server.cancelled()).containsExactly("/store/run/0", "/store/run/1");
        assertThat(server.released()).containsExactly("/store/run/0", "/store/run/1");
        assertThat(archive.failures(receipt, ids)).as("what was cancelled").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "../../admin", "", "a b", "r-9"})
    void aReceiptOfNoRequestIsRefused(String receipt) {
        List<String> ids = onTape(1);
        assertThat(archive.failures(receipt, ids)).isEmpty();
        assertThatThrownBy(() -> archive.release(receipt, ids)).isInstanceOf(ArchiveException.Refused.class);
        assertThatThrownBy(() -> archive.cancel(receipt, ids)).isInstanceOf(ArchiveException.Refused.class);
        assertThat(server.asked()).noneMatch(what -> what.contains("admin"));
    }

    @Test
    void whileFilesAreOnTapeTheirSizesAreAskedForOnce() {
        server.recalling(false);
        List<String> ids = onTape(5);
        for (int i = 0; i < 4; i++) {
            assertThat(archive.status(ids).values()).containsOnly(new Found(10, 1_700_000_000, Medium.TAPE));
        }
        assertThat(server.asked().stream().filter(what -> what.startsWith("HEAD")))
                .hasSize(5);
    }

    @Test
    void saysWhyAFileCannotBeBroughtToDisk() {
        List<String> ids = onTape(2);
        server.fail("run/1", "tape V00017 is\nbroken");
        String receipt = archive.stage(ids).receipt().orElseThrow();
        assertThat(archive.status("run/0").medium()).isEqualTo(Medium.DISK);
        assertThat(archive.status("run/1").medium()).isEqualTo(Medium.TAPE);
        assertThat(archive.failures(receipt, ids))
                .hasSize(1)
                .hasEntrySatisfying(
                        "run/1",
                        why -> assertThat(why)
                                .isInstanceOf(ArchiveException.Refused.class)
                                .hasMessage("the archive could not bring it to disk: tape V00017 is broken"));
    }

    @ParameterizedTest
    @CsvSource({"DISK, DISK", "DISK_AND_TAPE, DISK", "TAPE, TAPE", "LOST, ERROR"})
    void knowsWhereAFileIs(String locality, Medium medium) {
        server.put("a", new byte[3], 5);
        server.place("a", locality);
        assertThat(archive.status("a")).isEqualTo(new Found(3, 5, medium));
    }

    @Test
    void aFileThatIsUnavailableIsWaitedFor() {
        server.put("a", new byte[3], 5);
        server.place("a", "UNAVAILABLE");
        assertThatThrownBy(() -> archive.status("a")).isInstanceOf(ArchiveException.Unreachable.class);
        server.place("a", "NONE");
        assertThatThrownBy(() -> archive.status("a"))
                .isInstanceOf(ArchiveException.Refused.class)
                .hasMessageContaining("neither on disk nor on tape");
        server.place("a", "ELSEWHERE");
        assertThatThrownBy(() -> archive.status("a"))
                .isInstanceOf(ArchiveException.Refused.class)
                .hasMessageContaining("ELSEWHERE");
    }

    @Test
    void theTokenIsReadAgainAndNeverShown(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("token"), "first.secret\n");
        server.put("a", new byte[3], 5);
        server.token("first.secret");
        archive = open(Optional.of(file), Set.of());
        assertThat(archive.status("a").size()).isEqualTo(3);
        drain(archive, "a", 3);
        server.token("second.secret");
        assertThatThrownBy(() -> archive.status("a"))
                .isInstanceOf(ArchiveException.Unreachable.class)
                .hasMessageContaining("token_file")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> archive.pull("a", 0, 3)).isInstanceOf(ArchiveException.Unreachable.class);
        Files.writeString(file, "second.secret");
        assertThat(archive.status("a").size()).isEqualTo(3);
        Files.writeString(file, "two secrets");
        assertThatThrownBy(() -> archive.status("a"))
                .isInstanceOf(ArchiveException.Unreachable.class)
                .hasMessageEndingWith("has no token, or not only one");
        Files.delete(file);
        assertThatThrownBy(() -> archive.status("a"))
                .isInstanceOf(ArchiveException.Unreachable.class)
                .hasMessageStartingWith("token_file cannot be read: ");
    }

    @Test
    void otherHostsGetTheFilesOnlyIfTrustedAndOnlyThenTheToken(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("token"), "secret");
        server.put("a", new byte[3], 5);
        try (MockWebServer other = new MockWebServer()) {
            other.start();
            other.enqueue(new MockResponse.Builder().body("abc").build());
            String url = "http://localhost:" + other.getPort() + "/";
            server.redirect(url);
            archive = open(Optional.of(file), Set.of());
            assertThatThrownBy(() -> archive.pull("a", 0, 3))
                    .isInstanceOf(ArchiveException.Refused.class)
                    .hasMessage("the archive redirects to localhost, another domain: if that is one of its servers,"
                            + " add it to trusted_hosts");
            assertThat(other.getRequestCount()).isZero();
            archive.close();
            archive = open(Optional.of(file), Set.of("LOCALHOST"));
            drain(archive, "a", 3);
            assertThat(take(other)).isEqualTo("Bearer secret");
        }
    }

    private static String take(MockWebServer server) {
        try {
            return String.valueOf(server.takeRequest().getHeaders().get("Authorization"));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void followsOnlySoManyRedirects() {
        server.put("a", new byte[3], 5);
        server.redirect(server.url().toString());
        assertThatThrownBy(() -> archive.pull("a", 0, 3))
                .isInstanceOf(ArchiveException.Refused.class)
                .hasMessage("the archive redirects more than 5 times");
    }

    @Test
    void anApiOfAnotherHostHasToBeTrusted() {
        server.put("a", new byte[3], 5);
        server.endpoint("http://tape.example.org/api/v1");
        assertThatThrownBy(() -> archive.status("a"))
                .isInstanceOf(ArchiveException.Unreachable.class)
                .hasMessageContaining("http://tape.example.org")
                .hasMessageContaining("trusted_hosts");
    }

    @Test
    void aServerWithoutTheApiIsNamed() throws IOException {
        try (MockWebServer plain = new MockWebServer()) {
            plain.start();
            plain.enqueue(new MockResponse.Builder().code(404).build());
            try (TapeArchive none = new TapeArchive(
                    plain.url("/files/").uri(),
                    new TapeSettings(Optional.empty(), 500, 2, Optional.empty(), Set.of()),
                    Duration.ofSeconds(20),
                    8)) {
                assertThatThrownBy(() -> none.status("a"))
                        .isInstanceOf(ArchiveException.Unreachable.class)
                        .hasMessageContaining("set tape_endpoint, or use dav+https");
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | {} | it is no list",
                "200 | nonsense | it is no JSON",
                "400 | {\"title\": \"too many\"} | answers 400: {\"title\": \"too many\"}",
                "503 | | answers 503"
            })
    void answersThatMakeNoSenseAreSaidInWords(int code, String body, String says) throws IOException {
        try (MockWebServer odd = new MockWebServer()) {
            odd.start();
            odd.enqueue(new MockResponse.Builder()
                    .code(code)
                    .body(body == null ? "" : body)
                    .build());
            try (TapeArchive strange = new TapeArchive(
                    odd.url("/").uri(),
                    new TapeSettings(Optional.of(odd.url("/api").uri()), 500, 2, Optional.empty(), Set.of()),
                    Duration.ofSeconds(20),
                    8)) {
                assertThatThrownBy(() -> strange.status(List.of("a", "b")))
                        .isInstanceOf(ArchiveException.class)
                        .hasMessageContaining(says);
            }
        }
    }

    @Test
    void anotherProcessGoesOnByTheReceipt() {
        server.recalling(false);
        List<String> ids = onTape(1);
        archive.status(ids);
        String receipt = archive.stage(ids).receipt().orElseThrow();
        archive.close();
        archive = open(Optional.empty(), Set.of());
        Map<String, Archive.Status> answers = archive.status(ids);
        assertThat(answers).containsEntry("run/0", new Found(10, 1_700_000_000, Medium.TAPE));
        server.fail("run/0", "no drive");
        assertThat(archive.failures(receipt, ids)).containsOnlyKeys("run/0");
        archive.release(receipt, ids);
        assertThat(server.released()).containsExactly("/store/run/0");
    }
}
