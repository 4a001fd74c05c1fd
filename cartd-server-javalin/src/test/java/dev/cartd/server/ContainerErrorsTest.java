package dev.cartd.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What Jetty refuses by itself, before any route is asked. */
@NullUnmarked
class ContainerErrorsTest {
    private static final String ITEM =
            "{\"fileids\": [{\"id\": \"a\", \"path\": \"a\", \"hashtype\": \"md5\", \"hashsum\": \"x\"}]}";

    /** What logs a client's text by itself; the program has it off. */
    private static final String SILENCED = "org.eclipse.jetty.util.HostPort";

    private static Running running;

    @BeforeAll
    static void start() {
        running = new Running();
    }

    @AfterAll
    static void stop() {
        running.close();
    }

    private static void assertDocument(Reply reply, int status) {
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.header("Content-Type")).isEqualTo("application/json");
        assertThat(reply.text())
                .matches("\\{\"status\": \"" + status + " [^\"]+\", \"message\": \"[^\"]+\","
                        + " \"traceback\": \"\", \"version\": \"1.2.3\"}");
        assertThat(reply.header("X-Pacifica-Message")).isNotEqualTo("(none)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET\r\n\r\n",
                "GET nosuch HTTP/1.1\r\nHost: x\r\n\r\n",
                "G\u0001T / HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /\u0001 HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nBad Header: y\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nFolded: a\r\n b\r\n\r\n",
                "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
                "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
                "POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
            })
    void aBadRequestIsADocument(String request) throws IOException {
        try (Wire wire = running.connect()) {
            assertDocument(wire.say(request).reply(), 400);
            assertThat(wire.rest()).as("the connection ends").isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nContent-Length: 5",
                "Transfer-Encoding: xchunked\r\nContent-Length: 5",
                "Transfer-Encoding: chunked, chunked",
                "Content-Length: 5\r\nContent-Length: 6",
                "Content-Length: 5, 6",
            })
    void aBodyOfTwoLengthsIsRefusedAndNothingOfItIsAnswered(String headers) throws IOException {
        try (Wire wire = running.connect()) {
            wire.say("POST /x HTTP/1.1\r\nHost: x\r\n" + headers
                    + "\r\n\r\n0\r\n\r\nDELETE /x HTTP/1.1\r\nHost: x\r\n\r\n");
            assertDocument(wire.reply(), 400);
            assertThat(wire.rest()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"GET, 414", "HEAD, 414"})
    void aLongTargetIsRefused(String method, int status) throws IOException {
        try (Wire wire = running.connect()) {
            wire.say(method + " /" + "x".repeat(17_000) + " HTTP/1.1\r\nHost: x\r\n\r\n");
            assertDocument(wire.reply(), status);
        }
    }

    @Test
    void longHeadersAreRefused() throws IOException {
        assertDocument(running.ask("GET", "/", "X: " + "x".repeat(17_000)), 431);
    }

    @Test
    void aTargetOfSomeLengthIsTaken() throws IOException {
        assertThat(running.ask("GET", "/" + "%C3%BC".repeat(2000)).status()).isEqualTo(404);
    }

    @Test
    void anExpectationThatIsUnknownIsRefused() throws IOException {
        assertThat(running.ask("GET", "/", "Expect: wonders").status()).isEqualTo(417);
    }

    @Test
    void aVersionThatIsUnknownIsRefused() throws IOException {
        try (Wire wire = running.connect()) {
            assertDocument(wire.say("GET / HTTP/7.3\r\nHost: x\r\n\r\n").reply(), 505);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/7.3", "HTTP/0.9", "HTTP/2.0", "HTTP/3.0", "HTTP/1.2", "HTTP/11", ""})
    void everyVersionIsAnsweredWithBothHeaders(String version) throws IOException {
        for (String method : List.of("GET", "HEAD", "POST")) {
            try (Wire wire = running.connect()) {
                wire.say(method + " /x " + version + "\r\nHost: x\r\n\r\n").hush();
                Reply reply = wire.headReply();
                assertThat(reply.status()).as(method + version).isGreaterThanOrEqualTo(400);
                assertThat(reply.pacifica()).as(method + version).doesNotContain("(none)");
                assertThat(reply.header("Content-Type")).isEqualTo("application/json");
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1.0|Transfer-Encoding: chunked|400",
                "1.0|Transfer-Encoding: Chunked|400",
                "1.0|Transfer-Encoding: gzip, chunked|501",
                "1.1|Transfer-Encoding: gzip, chunked|501",
                "1.1|Transfer-Encoding: gzip,chunked|501",
                "1.1|Transfer-Encoding: deflate, gzip, chunked|501",
                "1.1|Transfer-Encoding: identity, chunked|501",
            })
    void aBodyThatIsNotChunkedAloneIsRefusedAndNothingAfterItIsRun(String version, String coding, int status)
            throws IOException {
        for (String method : List.of("POST", "GET", "HEAD", "DELETE", "PUT")) {
            try (Wire wire = running.connect()) {
                wire.say(method + " /x HTTP/" + version + "\r\nHost: x\r\nConnection: keep-alive\r\n" + coding
                        + "\r\n\r\n0\r\n\r\nPOST /y HTTP/1.1\r\nHost: x\r\nContent-Length: " + ITEM.length()
                        + "\r\n\r\n" + ITEM);
                Reply reply = method.equals("HEAD") ? wire.headReply() : wire.reply();
                assertThat(reply.status()).isEqualTo(status);
                assertThat(reply.header("Connection")).isEqualTo("close");
                assertThat(wire.rest()).isEmpty();
                assertThat(running.carts.submitted).isEmpty();
            }
        }
    }

    @Test
    void whatAClientSendsDoesNotFillTheLog() throws IOException {
        String junk = "\u001b[31m" + "x".repeat(8_000);
        try (Logged logged = new Logged()) {
            for (int i = 0; i < 50; i++) {
                for (String head : List.of(
                        "GET /x HTTP/1.1\r\nHost: x y" + junk,
                        "GET /x HTTP/1.1\r\nHost: a\r\nHost: " + junk,
                        "GET /x HTTP/1.1\r\nHost: " + junk + ":port",
                        "GET /x HTTP/1.1\r\nHost: x:99999999" + "9".repeat(8000),
                        "GET http://[" + "x".repeat(8000) + "/ HTTP/1.1\r\nHost: x",
                        "GET http://a:b:c" + "x".repeat(8000) + "/ HTTP/1.1\r\nHost: x",
                        "GET /" + junk + " HTTP/1.1\r\nHost: x",
                        "GET /x?filename=%zz&%" + "z".repeat(8000) + " HTTP/1.1\r\nHost: x",
                        "GET /x HTTP/1.1\r\nHost: x\r\nCookie: " + junk + "=\"",
                        "GET /x HTTP/1.1\r\nHost: x\r\nX " + junk + ": y",
                        "POST /x HTTP/1.1\r\nHost: x\r\nContent-Type: " + "x".repeat(8000) + "; charset=" + junk
                                + "\r\nContent-Length: 0",
                        "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: " + "9".repeat(8000),
                        "GET /x HTTP/1.1\r\nHost: x\r\nRange: " + junk,
                        "GET /x HTTP/1.1\r\nHost: x\r\nAccept-Encoding: " + "gzip;q=zz,".repeat(800),
                        "GET /x HTTP/1.1\r\nHost: x\r\nExpect: " + "x".repeat(8000),
                        "OPTIONS * HTTP/1.1\r\nHost: x\r\nMax-Forwards: x",
                        "TRACE /" + junk + " HTTP/1.1\r\nHost: x")) {
                    try (Wire wire = running.connect()) {
                        wire.say(head + "\r\nConnection: close\r\n\r\n").hush();
                        assertThat(wire.rest())
                                .as(head.substring(0, 40))
                                .startsWith("HTTP/1.1 ".getBytes(StandardCharsets.US_ASCII));
                    }
                }
            }
            assertThat(logged.loggers()).isSubsetOf(SILENCED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zz\r\n", "-1\r\n", "fffffffffffffffff\r\n", "5\r\nabcdefgh\r\n"})
    void brokenChunksAreRefused(String chunk) throws IOException {
        try (Wire wire = running.connect()) {
            wire.say("POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk);
            Reply reply = wire.reply();
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.text()).startsWith("{\"status\": \"400 Bad Request\"");
            assertThat(wire.rest()).isEmpty();
            assertThat(running.carts.submitted).isEmpty();
        }
    }

    @Test
    void aBodyThatBreaksOffMakesNoCart() throws IOException {
        try (Wire wire = running.connect()) {
            wire.say("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" + ITEM)
                    .hush();
            assertThat(new String(wire.rest(), StandardCharsets.UTF_8)).doesNotContain("201");
            assertThat(running.carts.submitted).isEmpty();
        }
    }
}
