package dev.cartd.archive.dav;

import dev.cartd.spi.Archive.Found;
import dev.cartd.spi.Archive.Medium;
import dev.cartd.spi.ArchiveException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What web servers answer, right and wrong. */
class DavArchiveTest {
    private final MockWebServer server = new MockWebServer();
    private DavArchive archive;

    @BeforeEach
    void start() throws IOException {
        server.start();
        URI url = URI.create("http://user:p%40ss@127.0.0.1:" + server.getPort() + "/a/");
        archive = new DavArchive(url, Duration.ofSeconds(20), 8);
    }

    @AfterEach
    void close() {
        archive.close();
        server.close();
    }

    private void answers(int code, String... headers) {
        MockResponse.Builder answer = new MockResponse.Builder().code(code).removeHeader("Content-Length");
        for (String header : headers) {
            answer.addHeader(header);
        }
        server.enqueue(answer.build());
    }

    @Test
    void asksForAFileByItsPathWithTheUserOfTheUrl() throws InterruptedException {
        answers(200, "Content-Length: 7", "Last-Modified: Sat, 10 Sep 2016 04:34:19 GMT");
        assertThat(archive.status("b/ü c")).isEqualTo(new Found(7, 1_473_482_059, Medium.DISK));
        RecordedRequest request = server.takeRequest();
        assertThat(request.getRequestLine()).isEqualTo("HEAD /a/b/%C3%BC%20c HTTP/1.1");
        assertThat(request.getHeaders().get("Authorization")).isEqualTo("Basic dXNlcjpwQHNz");
        assertThat(request.getHeaders().get("Accept-Encoding")).isEqualTo("identity");
    }

    @Test
    void aFileWithoutATimeIsOfTheFirstSecond() {
        answers(200, "Content-Length: 7");
        assertThat(archive.status("a").mtime()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | X-A: b                    | has no Content-Length",
                "200 | Content-Length: 7x        | makes no sense",
                "200 | Content-Length: -5        | the web server's answer makes no sense: Content-Length is -5",
                "200 | Content-Encoding: gzip    | the web server's answer makes no sense: Content-Encoding is gzip",
                "200 | Last-Modified: yesterday  | the web server's answer makes no sense: Last-Modified is yesterday",
                "204 | X-A: b                    | the web server answers 204",
                "301 | Location: /a/b/           | which is a redirect: is it a directory?",
                "401 | WWW-Authenticate: Basic   | are the user and password in the archive's URL right",
                "403 | X-A: b                    | are the user and password in the archive's URL right",
                "416 | X-A: b                    | the web server answers 416",
                "500 | X-A: b                    | the web server answers 500",
            })
    void whatIsNoStatusIsRefused(int code, String header, String why) {
        if (header.startsWith("Content-L") || header.startsWith("X-A")) {
            answers(code, header);
        } else {
            answers(code, header, "Content-Length: 7");
        }
        assertThatThrownBy(() -> archive.status("a"))
                .isInstanceOf(ArchiveException.Refused.class)
                .hasMessageContaining(why);
    }

    @Test
    void tellsWhatIsMissingFromWhatIsAway() {
        answers(410);
        assertThatThrownBy(() -> archive.stage("a")).isInstanceOf(ArchiveException.Missing.class);
        answers(502);
        assertThatThrownBy(() -> archive.stage("a"))
                .isInstanceOf(ArchiveException.Unreachable.class)
                .matches(e -> !((ArchiveException) e).isStrained());
        answers(429);
        assertThatThrownBy(() -> archive.stage("a"))
                .isInstanceOf(ArchiveException.Unreachable.class)
                .matches(e -> ((ArchiveException) e).isStrained());
    }

    @Test
    void resumesByARangeAndChecksThatItGotIt() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .code(206)
                .addHeader("Content-Range: bytes 3-6/7")
                .body("defg")
                .build());
        try (InputStream rest = archive.pull("a", 3, 7)) {
            assertThat(rest.readAllBytes()).hasSize(4);
        }
        assertThat(server.takeRequest().getHeaders().get("Range")).isEqualTo("bytes=3-");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | X-A: b                     | serves no ranges",
                "206 | X-A: b                     | sends another range: none, asked for bytes 3-6/7",
                "206 | Content-Range: bytes 0-6/7 | sends another range: bytes 0-6/7, asked for bytes 3-6/7",
                "206 | Content-Range: bytes 3-8/9 | sends another range: bytes 3-8/9, asked for bytes 3-6/7",
                "416 | Content-Range: bytes */2   | answers 416",
            })
    void anotherRangeIsRefused(int code, String header, String why) {
        answers(code, header);
        assertThatThrownBy(() -> archive.pull("a", 3, 7))
                .isInstanceOf(ArchiveException.Refused.class)
                .hasMessageContaining(why);
    }
}
