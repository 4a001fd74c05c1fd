package dev.cartd.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
