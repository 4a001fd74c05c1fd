package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Carts that clients ask for wrongly, on purpose or not. At the end the server is as it was, its log has no error, and
 * there is nothing on the disk but the carts that were accepted.
 */
class BadInputIT {
    private static final ArchiveInterface ARCHIVE = new ArchiveInterface();
    private static final String MD5 = "d41d8cd98f00b204e9800998ecf8427e";

    private static LiveServer server;
    private static Http http;
    private static Order good;

    @BeforeAll
    static void start(@TempDir Path home) throws Exception {
        server = LiveServer.start(home, ARCHIVE.url(), "cartd.max_files = 5");
        http = server.http();
        good = Order.random(ARCHIVE, 1, 2);
    }

    @AfterAll
    static void stop() throws Exception {
        try (ARCHIVE) {
            server.endUnharmed();
        }
    }

    static Stream<Arguments> bodies() {
        return Stream.of(
                arguments("", ""),
                arguments("not json", ""),
                arguments("{\"fileids\": [", ""),
                arguments(good().json() + "more", ""),
                arguments("[]", ""),
                arguments("null", ""),
                arguments("\"fileids\"", ""),
                arguments("{}", "fileids: missing"),
                arguments("{\"fileids\": null}", "fileids: must be a list"),
                arguments("{\"fileids\": {}}", "fileids: must be a list"),
                arguments("{\"fileids\": []}", "fileids"),
                arguments("{\"fileids\": [1]}", "fileids[0]: must be an object"),
                arguments("{\"fileids\": [{}]}", "fileids[0].id: missing"),
                arguments(item("1", "\"a\"", "\"md5\"", "7"), "fileids[0].hashsum: must be a string"),
                arguments(item("1", "\"a\"", "null", "\"" + MD5 + "\""), "fileids[0].hashtype: must be a string"),
                arguments(item("1", "[]", "\"md5\"", "\"" + MD5 + "\""), "fileids[0].path: must be a string"),
                arguments(item("1.5", "\"a\"", "\"md5\"", "\"" + MD5 + "\""), "fileids[0].id"),
                arguments(item("true", "\"a\"", "\"md5\"", "\"" + MD5 + "\""), "fileids[0].id"),
                arguments(
                        good().json().replace("}]}", "}, {\"id\": 1, \"path\": \"z\", \"hashtype\": \"md5\"}]}"),
                        "fileids[2].hashsum: missing"),
                arguments(good().json().replace("]}", "], \"bundle\": \"yes\"}"), "bundle"),
                arguments(good().json().replace("]}", "], \"bundle\": 1}"), "bundle"),
                arguments("[".repeat(9_000), ""),
                arguments("{\"a\": ".repeat(3_000), ""));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void a_body_that_is_no_cart_is_refused_and_the_place_is_named(String body, String place) throws Exception {
        http.post("bad-body", body).assertError(400, place);
        assertThat(http.head("bad-body").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../x",
                "a/../b",
                "a/..",
                "..",
                "/",
                "",
                ".",
                "./.",
                "//",
                "a/",
                "a/b//",
                "nul\\u0000",
                "line\\n",
                "esc\\u001b",
                "del\\u007f",
                "alone\\ud800",
                "alone\\udc00x"
            })
    void a_path_that_leads_elsewhere_is_refused(String path) throws Exception {
        String body = item("1", "\"" + path + "\"", "\"md5\"", "\"" + MD5 + "\"");
        http.post("bad-path", body).assertError(400, "fileids[0].path");
        assertThat(http.head("bad-path").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({"255, 1, 201", "256, 1, 400", "200, 10, 201", "204, 10, 400"})
    void a_path_has_a_longest_segment_and_a_longest_length(int length, int times, int status) throws Exception {
        String path = String.join("/", java.util.Collections.nCopies(times, "x".repeat(length)));
        String uid = "long-" + length + "-" + times;
        assertThat(http.post(uid, item("1", "\"" + path + "\"", "\"md5\"", "\"" + MD5 + "\""))
                        .status())
                .isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({"a, ./a", "a/b, a//b", "a, a/b", "a/b/c, a"})
    void two_files_at_one_place_are_refused(String one, String other) throws Exception {
        Order order = new Order(ARCHIVE).item("1", one, "md5", MD5).item("2", other, "md5", MD5);
        http.post("twice", order.json()).assertError(400, "path");
        assertThat(http.head("twice").status()).isEqualTo(404);
    }

    @Test
    void the_same_entry_twice_counts_once() throws Exception {
        byte[] bytes = {1};
        ARCHIVE.put("once", bytes);
        String sum = Order.hash("MD5", bytes);
        Order order = new Order(ARCHIVE)
                .item("once", "a", "md5", sum)
                .item("once", "./a", "MD5", sum.toUpperCase(Locale.ROOT));
        http.order("same-twice", order.json());
        http.awaitReady("same-twice");
        assertThat(Contents.ofTar(http.get("same-twice?filename=x").body())).containsOnlyKeys("x/a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/../b", "a//b", "/a", "a/", "a\\u0000b", "a\\nb"})
    void an_id_that_could_steer_a_request_elsewhere_is_refused(String id) throws Exception {
        String body = item("\"" + id + "\"", "\"a\"", "\"md5\"", "\"" + MD5 + "\"");
        http.post("bad-id", body).assertError(400, "fileids[0].id");
        assertThat(http.head("bad-id").status()).isEqualTo(404);
    }

    @Test
    void an_id_is_at_most_1024_bytes() throws Exception {
        assertThat(http.post(
                                "id-1024",
                                new Order(ARCHIVE)
                                        .item("i".repeat(1024), "a", "md5", MD5)
                                        .json())
                        .status())
                .isEqualTo(201);
        http.post(
                        "id-1025",
                        new Order(ARCHIVE)
                                .item("i".repeat(1025), "a", "md5", MD5)
                                .json())
                .assertError(400, "fileids[0].id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b/ü#?%2F;x", "12345", "a%2e%2e", "?byte_range=0-1", "http://elsewhere.test"})
    void an_odd_id_reaches_the_archive_as_it_is(String id) throws Exception {
        byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
        String uid = "odd-id-" + Integer.toHexString(id.hashCode());
        if (id.contains("//")) {
            http.post(uid, new Order(ARCHIVE).item(id, "a", "md5", MD5).json()).assertError(400, "fileids[0].id");
            return;
        }
        ARCHIVE.put(id, bytes);
        http.order(
                uid,
                new Order(ARCHIVE)
                        .item(id, "a", "md5", Order.hash("MD5", bytes))
                        .json());
        http.awaitReady(uid);
        assertThat(Contents.ofTar(http.get(uid + "?filename=x").body()).get("x/a"))
                .isEqualTo(bytes);
    }

    @Test
    void an_id_may_be_a_number() throws Exception {
        ARCHIVE.put("12345678901234567890", new byte[] {5});
        String sum = Order.hash("MD5", new byte[] {5});
        http.order("number", item("12345678901234567890", "\"a\"", "\"md5\"", "\"" + sum + "\""));
        http.awaitReady("number");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"..%2Fx", "%2e%2e", ".hidden", "-x", "_x", "a%20b", "%C3%BC", "a%00", "a:b", "a%5Cb", "%61%2F.."
            })
    void a_cart_cannot_be_made_under_an_odd_uid(String uid) throws Exception {
        http.post(uid, good.json()).assertError(400, "");
        assertThat(http.head(uid).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({"200, 201", "201, 400"})
    void a_uid_is_at_most_200_characters(int length, int status) throws Exception {
        assertThat(http.post("u".repeat(length), good.json()).status()).isEqualTo(status);
    }

    @Test
    void too_many_files_are_refused_with_the_limit() throws Exception {
        http.post("too-many", Order.random(ARCHIVE, 2, 6).json()).assertError(413, "at most 5 files");
        assertThat(http.head("too-many").status()).isEqualTo(404);
        assertThat(http.post("not-too-many", Order.random(ARCHIVE, 2, 5).json()).status())
                .isEqualTo(201);
    }

    private static Order good() {
        return new Order(ARCHIVE).item("a", "a", "md5", MD5).item("b", "b", "md5", MD5);
    }

    private static String item(String id, String path, String hashtype, String hashsum) {
        return "{\"fileids\": [{\"id\": %s, \"path\": %s, \"hashtype\": %s, \"hashsum\": %s}]}"
                .formatted(id, path, hashtype, hashsum);
    }
}
