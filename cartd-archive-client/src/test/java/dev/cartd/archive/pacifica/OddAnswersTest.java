package dev.cartd.archive.pacifica;

import dev.cartd.spi.Archive.Found;
import dev.cartd.spi.Archive.Medium;
import dev.cartd.spi.ArchiveException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Answers that the real archive gives now and then, and those that only a hostile one gives. */
class OddAnswersTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final MockWebServer server = new MockWebServer();
    private PacificaArchive archive;

    @BeforeEach
    void start() throws IOException {
        server.start();
        archive = new PacificaArchive(server.url("/").uri(), TIMEOUT, 2);
    }

    @AfterEach
    void close() {
        archive.close();
        server.close();
    }

    private void answer(int code, String... headers) {
        answer(new MockResponse.Builder().code(code), headers);
    }

    private void answer(MockResponse.Builder response, String... headers) {
        for (String header : headers) {
            response.addHeader(header);
        }
        server.enqueue(response.build());
    }

    private void status(String size, String mtime, String medium) {
        answer(204, "X-Content-Length: " + size, "Last-Modified: " + mtime, "X-Pacifica-File-Storage-Media: " + medium);
    }

    private void body(int code, String body) {
        server.enqueue(new MockResponse.Builder().code(code).body(body).build());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1473806059.29|1473806059",
                "1473806059|1473806059",
                "1473806059.9999999999999999999|1473806059",
                "1.47380605929e+09|1473806059",
                "0.0|0",
                "1e-05|0",
                "-0.5|0",
                "-12.25|0",
                "253402300799.99|253402300799",
                "253402300800|253402300799",
                "1e999|253402300799",
                "Tue, 13 Sep 2016 22:34:19 GMT|1473806059",
                "Tue, 31 Dec 1968 22:34:19 GMT|0"
            })
    void takesTheTimeInWholeSeconds(String value, long mtime) {
        status("24", value, "disk");
        assertThat(archive.status("x")).isEqualTo(new Found(24, mtime, Medium.DISK));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 -20",
                "HTTP/1.1 -20 OK",
                "HTTP/1.1 -1 OK",
                "HTTP/1.1 000",
                "HTTP/1.1 099 OK",
                "HTTP/1.1 99 OK",
                "HTTP/1.1 1000 OK",
                "HTTP/1.1 99999999999999999999 OK",
                "HTTP/1.1 2e2 OK",
                "HTTP/1.1 +20 OK",
                "HTTP/1.1",
                "HTTP/9.9 200 OK",
                "ICY -1 OK",
                "-20",
                "\u0000"
            })
    void aStatusLineThatIsNoneIsOnePlainReason(String line) {
        answer(new MockResponse.Builder().status(line), "Content-Length: 0");
        assertThatThrownBy(() -> archive.pull("x", 0, 1))
                .isInstanceOf(ArchiveException.class)
                .message()
                .startsWith("the archive")
                .doesNotContain("Exception")
                .hasSizeLessThan(200);
        answer(200);
        archive.stage("x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a.", ".", "Error", "a.bError", "[Errno ", "\n", ": "})
    void aReasonOfAnyLengthTakesNoTimeToRead(String piece) {
        body(500, piece.repeat(60_000 / piece.length()));
        assertThatThrownBy(() -> archive.pull("x", 0, 1)).isInstanceOf(ArchiveException.Refused.class);
    }

    @ParameterizedTest
    @CsvSource({"disk,DISK", "Disk,DISK", "TAPE,TAPE", "error,ERROR"})
    void takesTheMediumInAnyCase(String word, Medium medium) {
        status("24", "1", word);
        assertThat(archive.status("x").medium()).isEqualTo(medium);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-1|1|disk|X-Content-Length is -1",
                "9223372036854775808|1|disk|X-Content-Length is 9223372036854775808",
                "1.5|1|disk|X-Content-Length is 1.5",
                "''|1|disk|X-Content-Length is ",
                "24|NaN|disk|Last-Modified is NaN",
                "24|inf|disk|Last-Modified is inf",
                "24|1e9999|disk|Last-Modified is 1e9999",
                "24|yesterday|disk|Last-Modified is yesterday",
                "24|1|floppy|X-Pacifica-File-Storage-Media is floppy",
                "24|1|''|X-Pacifica-File-Storage-Media is "
            })
    void refusesAStatusThatMakesNoSense(String size, String mtime, String medium, String reason) {
        status(size, mtime, medium);
        assertThatThrownBy(() -> archive.status("x"))
                .isInstanceOf(ArchiveException.Refused.class)
                .hasMessage("the archive's answer makes no sense: " + reason.strip());
    }

    @Test
    void refusesAStatusThatSaysNothing() {
        answer(200);
        assertThatThrownBy(() -> archive.status("x"))
                .isInstanceOf(ArchiveException.Refused.class)
                .hasMessage("the archive's answer has no X-Content-Length");
        answer(204, "X-Content-Length: 5", "X-Pacifica-File-Storage-Media: disk");
        assertThatThrownBy(() -> archive.status("x")).hasMessage("the archive's answer has no Last-Modified");
        answer(204, "X-Content-Length: 5", "Last-Modified: 1");
        assertThatThrownBy(() -> archive.status("x"))
                .hasMessage("the archive's answer has no X-Pacifica-File-Storage-Media");
    }

    @Test
    void aHugeHeaderValueIsCutInTheMessage() {
        status("9".repeat(5000), "1", "disk");
        assertThatThrownBy(() -> archive.status("x"))
                .isInstanceOf(ArchiveException.Refused.class)
                .message()
                .hasSize(301)
                .endsWith("9…");
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 410})
    void isMissingByItsCode(int code) {
        body(code, "<html>nginx</html>");
        assertThatThrownBy(() -> archive.stage("x")).isInstanceOf(ArchiveException.Missing.class);
        answer(code);
        assertThatThrownBy(() -> archive.status("x")).isInstanceOf(ArchiveException.Missing.class);
        assertThat(server.getRequestCount()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"traceback\": \"Traceback\\n  File x\\nFileNotFoundError: [Errno 2] No such file: 'a'\\n\\n\"}",
                "Traceback\nIOError: [Errno 2] No such file or directory",
                "[\"[Errno 2]\"]",
                "{\"traceback\": \"[Errno 2]"
            })
    void isMissingByItsReason(String body) {
        body(500, body);
        assertThatThrownBy(() -> archive.stage("x")).isInstanceOf(ArchiveException.Missing.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"traceback\":\"T\\na.b.SomeError: no [Errno 28]: [Errno 2]\\n\"}|no [Errno 28]: [Errno 2]",
                "{\"traceback\":\"T\\nKeyError: 'x'\\n\"}|'x'",
                "{\"traceback\":\"T\\nsomething: else\"}|something: else",
                "{\"traceback\":\"\",\"message\":\"Down\\nfor today\"}|for today",
                "{\"traceback\":[1],\"message\":{}}|Server Error",
                "{\"traceback\":\"a\\u0007b\\u001b[31mc\\u202ed\\u2028e\"}|a b [31mc d e",
                "{}|Server Error",
                "not json|Server Error",
                "<html>oops</html>|Server Error",
                "[[[[|Server Error",
                "``|Server Error"
            })
    void saysTheReasonInOneLine(String body, String reason) {
        body(500, body);
        assertThatThrownBy(() -> archive.stage("x"))
                .isInstanceOf(ArchiveException.Refused.class)
                .hasMessage("the archive answers 500: " + reason);
    }

    @Test
    void aHugeOrDeepErrorIsNeitherReadNorShown() {
        body(500, "{\"message\":\"" + "x".repeat(10_000_000));
        assertThatThrownBy(() -> archive.stage("x")).hasMessage("the archive answers 500: Server Error");
        body(500, "[".repeat(60_000));
        assertThatThrownBy(() -> archive.stage("x")).hasMessage("the archive answers 500: Server Error");
        body(500, "{\"traceback\":\"" + "y".repeat(60_000) + "\"}");
        assertThatThrownBy(() -> archive.stage("x")).message().hasSize(301).startsWith("the archive answers 500: yyy");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 405, 408, 411, 416, 418, 500, 501, 507, 599})
    void anyOtherErrorIsARefusal(int code) {
        answer(code);
        assertThatThrownBy(() -> archive.stage("x"))
                .isInstanceOf(ArchiveException.Refused.class)
                .hasMessageStartingWith("the archive answers " + code + ": ");
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {502, 503, 504})
    void whatStandsInFrontOfAnArchiveThatIsAwaySaysSo(int code) {
        for (int i = 0; i < 3; i++) {
            answer(code, "Retry-After: 0");
        }
        assertThatThrownBy(() -> archive.stage("x")).isInstanceOf(ArchiveException.Unreachable.class);
        assertThatThrownBy(() -> archive.status("x")).isInstanceOf(ArchiveException.Unreachable.class);
        assertThatThrownBy(() -> archive.pull("x", 0, 1)).isInstanceOf(ArchiveException.Unreachable.class);
        assertThat(server.getRequestCount()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 301, 302, 303, 307, 308})
    void aRedirectIsNotFollowed(int code) {
        answer(code, "Location: /elsewhere");
        assertThatThrownBy(() -> archive.pull("x", 0, 1))
                .isInstanceOf(ArchiveException.Refused.class)
                .hasMessage("the archive answers " + code + ": a redirect, which is not followed");
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 204, 206})
    void contentComesWith200(int code) {
        answer(code);
        assertThatThrownBy(() -> archive.pull("x", 0, 1)).isInstanceOf(ArchiveException.Refused.class);
    }

    @Test
    void contentIsTakenAsItComes() throws IOException {
        answer(new MockResponse.Builder().body("not zipped"), "Content-Encoding: gzip", "Set-Cookie: a=b");
        try (InputStream content = archive.pull("x", 0, 10)) {
            assertThat(content.readAllBytes()).asString().isEqualTo("not zipped");
        }
    }
}
