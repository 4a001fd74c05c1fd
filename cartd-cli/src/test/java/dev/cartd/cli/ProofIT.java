package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Files that are proved by every hash, and what is told of a cart with one that is missing, wrong, refused or too
 * large.
 */
class ProofIT {
    private static final ArchiveInterface ARCHIVE = new ArchiveInterface();

    private static LiveServer server;
    private static Http http;

    @BeforeAll
    static void start(@TempDir Path home) throws Exception {
        server = LiveServer.start(home, ARCHIVE.url(), "archiveinterface.retries = 2");
        http = server.http();
    }

    @AfterAll
    static void stop() throws Exception {
        try (ARCHIVE) {
            server.endUnharmed();
        }
    }

    @Test
    void a_missing_file_fails_its_cart_with_the_reason() throws Exception {
        Order order = Order.random(ARCHIVE, 4, 2).item("no/such", "a/missing.txt", "md5", "0".repeat(32));
        http.order("missing", order.json());
        String reason = "Failed to stage file a/missing.txt: the archive does not have it";
        http.awaitAnswer("missing", "500 error " + reason);
        http.get("missing").assertError(500, reason);
    }

    @Test
    void a_file_with_another_hash_fails_its_cart_with_the_reason() throws Exception {
        byte[] bytes = {1, 2, 3};
        ARCHIVE.put("other", bytes);
        Order order = new Order(ARCHIVE).item("other", "a/other.bin", "md5", "0".repeat(32));
        http.order("mismatch", order.json(true));
        String reason =
                "Failed to pull file a/other.bin: md5 is " + Order.hash("MD5", bytes) + ", expected " + "0".repeat(32);
        http.awaitAnswer("mismatch", "500 error " + reason);
        http.get("mismatch").assertError(500, reason);
    }

    @Test
    void a_refused_file_fails_its_cart_with_the_reason_and_no_traceback() throws Exception {
        Order order = new Order(ARCHIVE).file("secret.txt", new byte[] {1});
        ARCHIVE.refuse(order.ids().get(0), "[Errno 13] Permission denied");
        http.order("refused", order.json());
        await().atMost(Duration.ofSeconds(60)).until(() -> http.head("refused").status() == 500);
        assertThat(http.head("refused").pacifica())
                .startsWith("500 error Failed to stage file secret.txt: the archive answers 500: ")
                .contains("Permission denied")
                .doesNotContain("Traceback");
    }

    @ParameterizedTest
    @CsvSource({
        "md5, ''",
        "md5, abc",
        "md5, zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
        "crc64, 00000000",
        "'', d41d8cd98f00b204e9800998ecf8427e"
    })
    void a_hash_that_cannot_be_is_accepted_and_fails_without_a_request(String type, String sum) throws Exception {
        String uid = "hash-" + Integer.toHexString((type + sum).hashCode());
        http.order(
                uid,
                new Order(ARCHIVE)
                        .item("never-asked", "the/file.txt", type, sum)
                        .json());
        await().atMost(Duration.ofSeconds(30)).until(() -> http.head(uid).status() == 500);
        assertThat(http.head(uid).header("x-pacifica-message")).contains("the/file.txt");
        assertThat(ARCHIVE.requests("POST", "never-asked")
                        + ARCHIVE.requests("HEAD", "never-asked")
                        + ARCHIVE.requests("GET", "never-asked"))
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "md5, MD5", "MD5, MD5", "sha1, SHA-1", "sha224, SHA-224", "sha256, SHA-256",
        "sha384, SHA-384", "sha512, SHA-512", "sha3_224, SHA3-224", "sha3-256, SHA3-256", "SHA3_384, SHA3-384",
        "sha3_512, SHA3-512"
    })
    void a_hash_of_any_known_type_in_any_case_is_proved(String type, String algorithm) throws Exception {
        byte[] bytes = {9, 8, 7};
        ARCHIVE.put("hashed", bytes);
        String sum = Order.hash(algorithm, bytes);
        String uid = "type-" + type;
        http.order(
                uid,
                new Order(ARCHIVE)
                        .item("hashed", "lower", type, sum)
                        .item("hashed", "upper", type, sum.toUpperCase(Locale.ROOT))
                        .json());
        http.awaitReady(uid);
    }

    @Test
    void blake2_is_proved_too() throws Exception {
        ARCHIVE.put("abc", new byte[] {'a', 'b', 'c'});
        // What Python's hashlib answers.
        String blake2b = "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
                + "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923";
        String blake2s = "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982";
        http.order(
                "blake2",
                new Order(ARCHIVE)
                        .item("abc", "b", "blake2b", blake2b)
                        .item("abc", "s", "BLAKE2s", blake2s)
                        .json());
        http.awaitReady("blake2");
    }

    @Test
    void a_reason_beyond_ascii_is_percent_encoded() throws Exception {
        http.order(
                "reason",
                new Order(ARCHIVE)
                        .item("no-such", "größe.txt", "md5", "0".repeat(32))
                        .json());
        http.awaitAnswer("reason", "500 error Failed to stage file gr%C3%B6%C3%9Fe.txt: the archive does not have it");
    }

    @Test
    void a_ready_cart_whose_files_are_gone_turns_to_error() throws Exception {
        Order some = Order.random(ARCHIVE, 1, 3);
        http.order("damaged", some.json());
        http.awaitReady("damaged");
        Path files = server.volume().resolve("cartuids/damaged").toRealPath();
        Files.delete(files.resolve(some.files().keySet().iterator().next()));
        http.get("damaged").assertError(500, "");
        assertThat(http.head("damaged").status()).isEqualTo(500);
        assertThat(http.head("damaged").header("x-pacifica-status")).isEqualTo("error");
        assertThat(http.head("damaged").header("x-pacifica-message")).isNotEmpty();
    }

    @Test
    void a_cart_that_does_not_fit_fails_before_anything_is_pulled(@TempDir Path directory) throws Exception {
        Path huge = directory.resolve("huge");
        try (RandomAccessFile file = new RandomAccessFile(huge.toFile(), "rw")) {
            file.setLength(4L << 40);
        }
        ARCHIVE.put("huge", huge);
        http.order(
                "huge",
                new Order(ARCHIVE)
                        .item("huge", "huge.dat", "md5", "0".repeat(32))
                        .json());
        await().atMost(Duration.ofSeconds(30)).until(() -> http.head("huge").status() == 500);
        assertThat(http.head("huge").header("x-pacifica-message")).startsWith("No Space Available: ");
        assertThat(ARCHIVE.requests("GET", "huge")).isZero();
    }
}
