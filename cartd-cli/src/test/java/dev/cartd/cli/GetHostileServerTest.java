package dev.cartd.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okio.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

/** {@code cartd get} and a server that lies. */
@Timeout(value = 60, unit = SECONDS)
class GetHostileServerTest {
    private static final byte[] GOOD = "good".getBytes(StandardCharsets.UTF_8);
    private static final String MD5 = Order.hash("MD5", GOOD);

    private final MockWebServer server = new MockWebServer();
    private final List<String> files = new ArrayList<>();
    private final Map<String, MockResponse> answers = new ConcurrentHashMap<>();
    private final Map<String, MockResponse> firstAnswers = new ConcurrentHashMap<>();
    private volatile Optional<String> authorization = Optional.empty();
    private volatile String state = "ready";
    private Path target;
    private int exit;
    private String out = "";
    private String err = "";

    @TempDir
    private Path directory;

    @BeforeEach
    void start() throws IOException {
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                authorization = Optional.ofNullable(request.getHeaders().get("Authorization"));
                return answer(String.valueOf(request.getUrl().encodedPath()));
            }
        });
        server.start();
        target = directory.resolve("parent/target");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private MockResponse answer(String path) {
        MockResponse first = firstAnswers.remove(path);
        MockResponse known = first == null ? answers.get(path) : first;
        if (known != null) {
            return known;
        }
        return switch (path) {
            case "/-/carts/x" ->
                json("{\"number\": 7, \"state\": \"" + state + "\", \"form\": \"tree\", \"odd\": [{}, [1]],"
                        + " \"files\": {\"total\": " + files.size() + ", \"staged\": " + files.size() + "}}");
            case "/-/carts/x/files" -> json("{\"files\": [" + String.join(",", files) + "]}");
            default -> bytes(GOOD);
        };
    }

    private static MockResponse json(String text) {
        return new MockResponse.Builder()
                .setHeader("Content-Type", "application/json")
                .body(text)
                .build();
    }

    private static MockResponse bytes(byte[] bytes) {
        return new MockResponse.Builder().body(new Buffer().write(bytes)).build();
    }

    private static MockResponse code(int code, String... header) {
        MockResponse.Builder answer = new MockResponse.Builder().code(code);
        if (header.length > 0) {
            answer.setHeader(header[0], header[1]);
        }
        return answer.build();
    }

    private void file(String path) {
        file(path, GOOD.length, MD5);
    }

    private void file(String path, long size, String md5) {
        files.add("{\"number\": " + (files.size() + 1) + ", \"path\": \"" + path
                + "\", \"state\": \"staged\", \"size\": " + size + ", \"hashtype\": \"md5\", \"hashsum\": \"" + md5
                + "\", \"link\": \"http://elsewhere.invalid/\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../evil",
                "a/../../evil",
                "..",
                "a/..",
                "",
                "a/",
                "a\\u0000b",
                "a\\u001b[2Jb",
                "\\ud800",
                ".cartd-get/lock",
                ".CARTD-GET/x"
            })
    void makesNoFileThatCannotBe(String path) throws IOException {
        file(path);
        file("good");
        get();
        assertThat(exit).isEqualTo(1);
        assertThat(err).contains("1 of 2 files are there and proven, 1 failed").doesNotContain("\u001b", "\0");
        assertOnly("good");
    }

    @Test
    void keepsAbsolutePathsAndLongNamesInside() throws IOException {
        file("/etc/cartd-evil");
        file("./a//b");
        file("n".repeat(255));
        file("n".repeat(256));
        file(("d".repeat(200) + "/").repeat(10) + "x");
        get();
        assertThat(err).contains("4 of 5 files");
        assertOnly("etc/cartd-evil", "a/b", "n".repeat(255), ("d".repeat(200) + "/").repeat(10) + "x");
    }

    @Test
    void takesAPathOnlyOnce() throws IOException {
        file("a");
        file("a", 3, Order.hash("MD5", "bad".getBytes(StandardCharsets.UTF_8)));
        file("a/b");
        get("--connections=1");
        assertThat(exit).isEqualTo(1);
        assertThat(err).contains("cartd: a: another file is there already", "cartd: a/b: another file is in its place");
        assertOnly("a");
    }

    @Test
    void believesNoSize() throws IOException {
        file("more", 3, MD5);
        file("fewer", 5, MD5);
        file("huge", Long.MAX_VALUE, MD5);
        get("--give-up-after=0.4s");
        assertThat(exit).isEqualTo(3);
        assertThat(err).contains("more: the server sends more than the 3 bytes that it says");
        assertThat(target.resolve("more")).doesNotExist();
        assertThat(target.resolve("fewer")).doesNotExist();
    }

    @Test
    void believesNoHash() throws IOException {
        file("wrong", 4, Order.hash("MD5", new byte[0]));
        file("odd", 4, "zz");
        file("good");
        get();
        assertThat(exit).isEqualTo(1);
        assertThat(err)
                .contains("wrong: the server sends wrong bytes: their md5 is " + MD5 + ", expected ")
                .contains("odd: cannot be proven: zz cannot be a md5");
        assertOnly("good");
    }

    @Test
    void takesNoRangeThatItDidNotAskFor() {
        file("a");
        answers.put(
                "/-/carts/x/files/a",
                new MockResponse.Builder()
                        .code(206)
                        .setHeader("Content-Range", "bytes 1-4/5")
                        .body("good")
                        .build());
        get();
        assertThat(exit).isEqualTo(1);
        assertThat(err).contains("a: the server sends another range than it was asked for");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "<html>",
                "{\"files\": [{\"number\": 1}], \"next\": 3",
                "{\"files\": [{\"number\": 2}, {\"number\": 1}]}",
                "{\"files\": [{\"number\": 2}, {\"number\": 2}]}",
                "{\"files\": [{\"number\": -2}]}",
                "{\"files\": [{\"number\": 1e99}]}",
                "{\"files\": [{\"number\": 99999999999999999999999}]}",
                "{\"files\": [{\"path\": []}]}",
                "{\"files\": [{\"number\": 1, \"modified\": \"yesterday\"}]}",
                "{\"files\": 1}",
                "{\"files\": [], \"next\": \"/\"}"
            })
    void endsWhenTheAnswerIsNone(String answer) {
        answers.put("/-/carts/x/files", json(answer));
        file("a");
        get("--give-up-after=1s");
        assertThat(exit).isEqualTo(1);
        assertThat(err).contains("does not answer like a cart server");
    }

    @Test
    void endsWhenTheListDoes() {
        file("a");
        answers.put("/-/carts/x/files", json("{\"files\": []}"));
        get();
        assertThat(err).contains("the cart has 1 files, and the server lists 0");
    }

    @Test
    void endsWhenTheListDoesAlsoWithATar() {
        file("a");
        answers.put("/-/carts/x/files", json("{\"files\": []}"));
        run(
                "--tar",
                directory.resolve("my.tar").toString(),
                "--give-up-after=1s",
                server.url("/x").toString());
        assertThat(exit).isEqualTo(1);
        assertThat(err).contains("the cart has 1 files, and the server lists 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/-/carts/x", "/-/carts/x/files"})
    void takesANegativeLengthForNoAnswer(String path) {
        file("a");
        answers.put(path, negative());
        get("--give-up-after=0.4s");
        assertThat(exit).as(err).isEqualTo(3);
        assertThat(err).contains("its answer is no HTTP");
    }

    @Test
    void asksAgainAfterANegativeLength() throws IOException {
        file("a");
        firstAnswers.put("/-/carts/x/files/a", negative());
        get();
        assertThat(exit).as(err).isZero();
        assertThat(firstAnswers).isEmpty();
        assertOnly("a");
    }

    private static MockResponse negative() {
        return new MockResponse.Builder()
                .body("good")
                .setHeader("Content-Length", "-5")
                .build();
    }

    @Test
    void goesToNoOtherServerAndShowsNoPassword() {
        answers.put("/-/carts/x", code(302, "Location", "http://elsewhere.example:99/?token=secret"));
        run(server.url("/x").newBuilder().username("me").password("secret").build() + "?token=secret");
        assertThat(exit).isEqualTo(1);
        assertThat(err).contains("the server sends elsewhere, to http://elsewhere.example:99: ");
        assertThat(authorization).contains("Basic bWU6c2VjcmV0");
        answers.put("/-/carts/x", code(401));
        run("--list", list(), "--server", "http://me:secret@127.0.0.1:" + server.getPort(), target.toString());
        answers.put("/-/carts/x", code(503));
        run("--give-up-after=0.1s", "http://me:secret@127.0.0.1:" + server.getPort() + "/x", target.toString());
        assertThat(exit).isEqualTo(3);
        assertThat(out + err).doesNotContain("secret").contains("the server refuses: ");
    }

    private String list() {
        try {
            return Files.writeString(directory.resolve("list.json"), "{}").toString();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 204, 206, 400, 404, 405, 410, 418})
    void endsWithAnAnswerThatNobodyExpects(int code) {
        answers.put("/-/carts/x", code(code));
        get();
        assertThat(exit).isEqualTo(1);
        assertThat(err.lines()).singleElement().asString().startsWith("cartd: ");
    }

    @Test
    void showsNothingThatSteersATerminal() {
        state = "error\", \"reason\": \"\\u001b[2J\\u202e\\r\\nbad";
        file("a");
        files.add("{\"number\": 2, \"path\": \"b\", \"state\": \"error\", \"hashtype\": \"md5\"," + " \"hashsum\": \""
                + MD5 + "\"}");
        get();
        assertThat(err).contains("cartd: the cart failed: ").doesNotContain("\u001b", "\u202e");
        assertThat(err.lines().filter(line -> line.startsWith("cartd:"))).hasSize(1);
    }

    private void get(String... more) {
        run(Stream.concat(Stream.of(more), Stream.of(server.url("/x").toString(), target.toString()))
                .toArray(String[]::new));
    }

    private void run(String... arguments) {
        String[] words = Stream.concat(Stream.of("get"), Stream.of(arguments)).toArray(String[]::new);
        if (arguments.length == 1) {
            words = new String[] {"get", arguments[0], target.toString()};
        }
        Program get = Program.here(Map.of("HOME", directory.toString()), words);
        exit = get.exit();
        out += get.out();
        err += get.err();
    }

    /** Expects these files in the directory, and none beside it. */
    private void assertOnly(String... paths) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            assertThat(all.filter(Files::isRegularFile)
                            .filter(path -> !path.startsWith(target.resolve(".cartd-get")))
                            .map(path -> target.relativize(path).toString()))
                    .containsExactlyInAnyOrder(paths);
        }
    }
}
