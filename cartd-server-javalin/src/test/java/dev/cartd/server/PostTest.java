package dev.cartd.server;

import dev.cartd.cart.CartException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class PostTest {
    static final String GOOD =
            "{\"fileids\": [{\"id\": \"foo.txt\", \"path\": \"1/2/3/foo.txt\", \"hashtype\": \"md5\","
                    + " \"hashsum\": \"ac59bb32dac432674dd6e620a6b35ff3\"}]}";
    private static final String BEGUN = "{\"message\": \"Cart Processing has begun\"}";

    private final Running running = new Running(Running.limits(100_000, 10, 1));
    private final FakeCarts carts = running.carts;

    @AfterEach
    void stop() {
        running.close();
    }

    private static void assertBegun(Reply reply) {
        assertThat(reply.text()).isEqualTo(BEGUN);
        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.header("Content-Type")).isEqualTo("application/json");
    }

    private void assertRefused(Reply reply, int status, String message) {
        assertThat(reply.text()).contains("\"message\": \"" + message).startsWith("{\"status\": \"" + status + " ");
        assertThat(reply.status()).isEqualTo(status);
        assertThat(carts.submitted).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Accept: */*",
                "Content-Type: application/json",
                "Content-Type: application/json; charset=utf-8",
                "Content-Type: application/json;charset=nosuch;a=b",
                "Content-Type: APPLICATION/JSON",
                "Content-Type: Text/JavaScript",
                "Content-Type: text/javascript ; charset=latin1",
                "Authorization: Basic nonsense",
                "Accept-Encoding: gzip",
            })
    void aBodyMakesACart(String header) throws IOException {
        assertBegun(running.post("/x", GOOD, header));
        assertThat(carts.submitted).singleElement().satisfies(request -> {
            assertThat(request.uid()).isEqualTo("x");
            assertThat(request.items()).hasSize(1);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/x-www-form-urlencoded",
                "text/plain",
                "multipart/form-data; boundary=x",
                "application/jsonx",
                "application",
                ";",
                "text/plain; application/json",
            })
    void anotherTypeIsRefused(String type) throws IOException {
        assertRefused(
                running.post("/x", GOOD, "Content-Type: " + type),
                415,
                "Expected an entity of content type application/json, text/javascript");
    }

    @ParameterizedTest
    @CsvSource({"0, PT0S", "90, PT1M30S", "7d, PT168H", "2 weeks, PT336H"})
    void aClientMayHaveItsCartKept(String asked, Duration keep) throws IOException {
        assertBegun(running.post("/x", GOOD, "X-Cartd-Keep: " + asked));
        assertThat(carts.kept).containsExactly(keep);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "-7d", "soon", "7d, 7d", "15d\r\nX-Cartd-Keep: 1d", "\u00fc"})
    void aTimeThatIsNoneIsRefused(String asked) throws IOException {
        Reply reply = running.post("/x", GOOD, "X-Cartd-Keep: " + asked);
        assertRefused(reply, 400, "X-Cartd-Keep: ");
        assertThat(reply.text()).contains(" cannot be: allowed is a time such as ", "; at most 14 days\"");
    }

    @Test
    void aTimeThatIsTooLongIsRefusedBeforeTheBodyIsAskedFor() throws IOException {
        try (Wire wire = running.connect()) {
            String[] headers = {"X-Cartd-Keep: 15d", "Content-Length: 10", "Expect: 100-continue"};
            wire.say(Running.request("POST", "/x", headers) + "\r\n");
            assertRefused(wire.reply(), 400, "X-Cartd-Keep: 15d cannot be: allowed is at most 14 days");
        }
    }

    @Test
    void aServerThatKeepsNothingSaysSo() throws IOException {
        try (Running other = new Running(Running.keeping(Duration.ZERO))) {
            assertThat(other.post("/x", GOOD, "X-Cartd-Keep: 1 s").text())
                    .contains("X-Cartd-Keep: 1 s cannot be: allowed is 0, this server keeps no carts");
            assertThat(other.carts.submitted).isEmpty();
            assertBegun(other.post("/x", GOOD, "X-Cartd-Keep: 0"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/x", "//x", "/x/", "/x?y=z", "/%78"})
    void anyFormOfThePathDoes(String target) throws IOException {
        assertBegun(running.post(target, GOOD));
        assertThat(carts.submitted.get(0).uid()).isEqualTo("x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/..", "/%zz", "/%00", "/a%2Fb", "/-x", "/a%20b", "/%C3%BC", "/.hidden", "/a;b"})
    void aUidThatNoNewCartMayHaveIsRefused(String target) throws IOException {
        assertRefused(running.post(target, GOOD), 400, "uid: ");
    }

    @Test
    void aUidHas200Characters() throws IOException {
        assertRefused(running.post("/" + "x".repeat(201), GOOD), 400, "uid: ");
        assertBegun(running.post("/" + "x".repeat(200), GOOD));
    }

    @Test
    void whatIsWrongIsNamed() throws IOException {
        assertRefused(running.post("/x", ""), 400, "Invalid JSON document");
        assertRefused(running.post("/x", "{"), 400, "Invalid JSON document");
        assertRefused(running.post("/x", "[]"), 400, "the body must be a JSON object");
        assertRefused(running.post("/x", GOOD + "x"), 400, "Invalid JSON document");
        assertRefused(running.post("/x", GOOD.replace("hashsum", "sum")), 400, "fileids[0].hashsum: missing");
        assertRefused(running.post("/x", GOOD.replace("1/2/3", "1/../3")), 400, "fileids[0].path: has a .. segment");
        assertRefused(running.post("/x", "{\"fileids\": []}"), 400, "fileids: is empty");
    }

    @Test
    void noBodyAtAllIsNoDocument() throws IOException {
        assertRefused(running.ask("POST", "/x"), 400, "Invalid JSON document");
    }

    @Test
    void aChunkedBodyIsTaken() throws IOException {
        try (Wire wire = running.connect()) {
            wire.say(Running.request("POST", "/x", "Transfer-Encoding: chunked") + "\r\n");
            for (byte[] piece : List.of(bytes(GOOD.substring(0, 7)), bytes(GOOD.substring(7)))) {
                wire.say(Integer.toHexString(piece.length) + "\r\n").say(piece).say("\r\n");
            }
            assertBegun(wire.say("0\r\n\r\n").reply());
            assertThat(wire.say(Running.request("GET", "/x") + "\r\n").reply().status())
                    .isEqualTo(202);
        }
    }

    @Test
    void aBodyIsAskedForWhereTheClientWaits() throws IOException {
        try (Wire wire = running.connect()) {
            wire.say(
                    Running.request("POST", "/x", "Expect: 100-continue", "Content-Length: " + GOOD.length()) + "\r\n");
            assertThat(wire.reply().status()).isEqualTo(100);
            assertBegun(wire.say(GOOD).reply());
        }
    }

    @Test
    void aBodyThatIsRefusedAnywayIsNotAskedFor() throws IOException {
        for (String header : List.of("Content-Length: 100001", "Content-Length: 10\r\nContent-Type: text/plain")) {
            try (Wire wire = running.connect()) {
                wire.say(Running.request("POST", "/x", "Expect: 100-continue", header) + "\r\n");
                assertThat(wire.reply().status()).isIn(413, 415);
                assertThat(wire.rest()).isEmpty();
            }
        }
    }

    @Test
    void aBodyThatSaysItIsTooLargeIsRefusedAndItsClientReadsWhy() throws IOException {
        String large = " ".repeat(3_000_000) + GOOD;
        Reply reply = running.post("/x", large);
        assertRefused(reply, 413, "The body is too large: at most 100000 bytes are allowed.");
        assertThat(reply.header("Connection")).isEqualTo("close");
    }

    @Test
    void aBodyOfTheLargestSizeIsTaken() throws IOException {
        assertBegun(running.post("/x", " ".repeat(100_000 - GOOD.length()) + GOOD));
        assertThat(running.post("/y", " ".repeat(100_001 - GOOD.length()) + GOOD)
                        .status())
                .isEqualTo(413);
    }

    @Test
    void aChunkedBodyThatTurnsOutTooLargeIsRefusedWhileItComes() throws IOException {
        try (Wire wire = running.connect()) {
            wire.say(Running.request("POST", "/x", "Transfer-Encoding: chunked") + "\r\n");
            for (int i = 0; i < 30; i++) {
                wire.say("2710\r\n" + " ".repeat(10_000) + "\r\n");
            }
            assertRefused(wire.reply(), 413, "The body is too large");
            assertThat(wire.rest()).isEmpty();
        }
    }

    @Test
    void tooManyFilesAreRefused() throws IOException {
        String files = "{\"fileids\": [" + "{}, ".repeat(10) + "{}]}";
        assertRefused(running.post("/x", files), 413, "fileids: a cart can have at most 10 files");
        assertRefused(running.post("/x", files + " ".repeat(90_000)), 413, "fileids: a cart can have at most 10 files");
    }

    @Test
    void aBodyOfAnotherMethodIsNoNextRequest() throws IOException {
        for (String start : List.of("PUT /x", "POST /a/b", "PATCH /", "POST /-/x")) {
            try (Wire wire = running.connect()) {
                String inner = "DELETE /x HTTP/1.1\r\nHost: x\r\n\r\n";
                wire.say(start + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + inner.length() + "\r\n\r\n" + inner);
                assertThat(wire.reply().status()).isIn(405, 404);
                assertThat(wire.say(Running.request("GET", "/") + "\r\n")
                                .reply()
                                .status())
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void aStoreThatIsAwayIsToldAsSuch() throws IOException {
        carts.failure = Optional.of(new CartException.Unavailable("the database is away", new IOException("x")));
        Reply reply = running.post("/x", GOOD);
        assertRefused(reply, 503, "the database is away");
        assertThat(reply.header("Retry-After")).isEqualTo("10");
    }

    @Test
    void whatNobodyForesawIsA500() throws IOException {
        carts.failure = Optional.of(new IllegalStateException("secret"));
        try (Logged logged = new Logged()) {
            assertRefused(running.post("/x", GOOD), 500, "The server met a failure");
            assertThat(logged.traces()).containsExactly("POST /x failed");
        }
    }

    @Test
    void curlUploadsAsDocumented(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("foo.json"), GOOD);
        assertThat(curl("-X", "POST", "--upload-file", file.toString(), url("/x")))
                .isEqualTo(BEGUN);
        assertThat(curl("-d", "@" + file, url("/x"))).startsWith("{\"status\": \"415 ");
        Path large = Files.writeString(directory.resolve("large.json"), " ".repeat(20_000_000));
        assertThat(curl("-X", "POST", "--upload-file", large.toString(), url("/x")))
                .startsWith("{\"status\": \"413 ");
        assertThat(curl("-X", "POST", "-H", "Expect:", "-T", large.toString(), url("/x")))
                .startsWith("{\"status\": \"413 ");
        assertThat(curl("-X", "POST", "-H", "Transfer-Encoding: chunked", "-T", large.toString(), url("/x")))
                .startsWith("{\"status\": \"413 ");
        assertThat(curl("-I", "-X", "HEAD", url("/x"))).contains("X-Pacifica-Status: waiting\r\n");
    }

    private String url(String path) {
        return "http://127.0.0.1:" + running.server.port() + path;
    }

    private static String curl(String... arguments) throws Exception {
        List<String> command = new java.util.ArrayList<>(List.of("curl", "-s", "-S", "--max-time", "20"));
        command.addAll(List.of(arguments));
        Process curl = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(curl.waitFor()).as(output).isZero();
        return output;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
