package dev.cartd.archive.pacifica;

import dev.cartd.spi.ArchiveException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is sent, to the letter. */
class RequestsOnTheWireTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final MockWebServer server = new MockWebServer();

    @BeforeEach
    void start() throws IOException {
        server.start();
    }

    @AfterEach
    void close() {
        server.close();
    }

    private String url(String rest) {
        return "http://" + server.getHostName() + ":" + server.getPort() + rest;
    }

    private RecordedRequest sent() {
        try {
            return Objects.requireNonNull(server.takeRequest(5, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private RecordedRequest staged(String base, String id) {
        server.enqueue(new MockResponse.Builder().addHeader("Set-Cookie: a=b").build());
        try (PacificaArchive archive = new PacificaArchive(URI.create(base), TIMEOUT, 1)) {
            archive.stage(id);
        }
        return sent();
    }

    @Test
    void stagingHasALengthAndNoBody() {
        RecordedRequest request = staged(url("/"), "foo.txt");
        assertThat(request.getRequestLine()).isEqualTo("POST /foo.txt HTTP/1.1");
        assertThat(request.getHeaders().get("Content-Length")).isEqualTo("0");
        assertThat(request.getHeaders().get("Content-Type")).isNull();
        assertThat(request.getHeaders().get("Authorization")).isNull();
    }

    @Test
    void pullsAsTheInterfaceCounts() throws IOException {
        server.enqueue(new MockResponse.Builder().body("0123456789").build());
        server.enqueue(new MockResponse.Builder().body("789").build());
        try (PacificaArchive archive = new PacificaArchive(URI.create(url("/")), TIMEOUT, 1)) {
            archive.pull("x", 0, 10).close();
            archive.pull("x", 7, 10).close();
            archive.pull("x", 10, 10).close();
        }
        RecordedRequest whole = sent();
        assertThat(whole.getRequestLine()).isEqualTo("GET /x HTTP/1.1");
        assertThat(whole.getHeaders().get("Accept-Encoding")).isEqualTo("identity");
        assertThat(whole.getHeaders().get("Range")).isNull();
        assertThat(sent().getRequestLine()).isEqualTo("GET /x?byte_range=7-10 HTTP/1.1");
        assertThat(server.getRequestCount()).isEqualTo(2);
    }

    @Test
    void keepsNoCookies() {
        server.enqueue(new MockResponse.Builder().addHeader("Set-Cookie: a=b").build());
        server.enqueue(new MockResponse.Builder().build());
        try (PacificaArchive archive = new PacificaArchive(URI.create(url("/")), TIMEOUT, 1)) {
            archive.stage("x");
            archive.stage("x");
        }
        sent();
        assertThat(sent().getHeaders().get("Cookie")).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '§',
            value = {
                "1/2/3|/1/2/3",
                "a b|/a%20b",
                "a?b#c|/a%3Fb%23c",
                "%2e%2e|/%252e%252e",
                "%2E./x|/%252E./x",
                "..%2f..|/..%252f..",
                "...|/...",
                "\\..\\x|/%5C..%5Cx",
                "a;b=c,d|/a%3Bb%3Dc%2Cd",
                "@evil.example:80|/%40evil.example%3A80",
                "http:|/http%3A",
                "a+b&c|/a%2Bb%26c",
                "!$'()*:[]^`{}\"<>|/%21%24%27%28%29%2A%3A%5B%5D%5E%60%7B%7D%22%3C%3E",
                "-._~|/-._~",
                "ü/文/😀|/%C3%BC/%E6%96%87/%F0%9F%98%80"
            })
    void encodesEveryByteThatIsNotUnreserved(String id, String path) {
        assertThat(staged(url("/"), id).getRequestLine()).isEqualTo("POST " + path + " HTTP/1.1");
    }

    @Test
    void encodesWhatWouldEndTheLine() {
        assertThat(staged(url("/"), "x\r\nHost: evil\0\u007f").getRequestLine())
                .isEqualTo("POST /x%0D%0AHost%3A%20evil%00%7F HTTP/1.1");
    }

    @ParameterizedTest
    @CsvSource({"'',/x", "/,/x", "/base,/base/x", "/base/,/base/x", "/a%20b/c,/a%20b/c/x"})
    void staysBelowTheBase(String base, String path) {
        assertThat(staged(url(base), "x").getRequestLine()).isEqualTo("POST " + path + " HTTP/1.1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "/", "..", ".", "a/..", "a/./b", "a//b", "/a", "a/", "//evil.example/a", "\ud800", "a\udfffb"
            })
    void sendsNothingForAnIdThatCouldSteer(String id) {
        try (PacificaArchive archive = new PacificaArchive(URI.create(url("/base/")), TIMEOUT, 1)) {
            assertThatThrownBy(() -> archive.stage(id)).isInstanceOf(ArchiveException.Refused.class);
            assertThatThrownBy(() -> archive.status(id)).isInstanceOf(ArchiveException.Refused.class);
            assertThatThrownBy(() -> archive.pull(id, 1, 2)).isInstanceOf(ArchiveException.Refused.class);
        }
        assertThat(server.getRequestCount()).isZero();
    }

    @Test
    void sendsUserAndPasswordAndNeverSaysThem() {
        String base = url("/").replace("//", "//me:p%40ss%3Aw@");
        assertThat(staged(base, "x").getHeaders().get("Authorization")).isEqualTo("Basic bWU6cEBzczp3");
        server.enqueue(new MockResponse.Builder()
                .code(401)
                .addHeader("WWW-Authenticate: Basic")
                .build());
        try (PacificaArchive archive = new PacificaArchive(URI.create(base), TIMEOUT, 1)) {
            assertThatThrownBy(() -> archive.stage("x"))
                    .isInstanceOf(ArchiveException.Refused.class)
                    .hasMessage("the archive answers 401: Client Error");
            server.close();
            assertThatThrownBy(() -> archive.stage("x"))
                    .isInstanceOf(ArchiveException.Unreachable.class)
                    .hasStackTraceContaining("Connection refused")
                    .satisfies(e -> assertThat(Throwables.getStackTrace(e)).doesNotContain("p%40ss", "p@ss", "me:"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://u:secret@host/",
                "file:///dir",
                "http:secret",
                "secret",
                "http:///secret",
                "http://u:secret@host/?q",
                "http://u:secret@host/#f",
                "http://u:secret@host:99999/"
            })
    void refusesAUrlThatCannotBeRight(String url) {
        assertThatThrownBy(() -> new PacificaArchive(URI.create(url), TIMEOUT, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the archive's URL ")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
    }

    @Test
    void refusesBoundsThatAreNone() {
        URI base = URI.create(url("/"));
        for (Duration none : new Duration[] {Duration.ZERO, Duration.ofSeconds(-1), Duration.ofDays(2)}) {
            assertThatThrownBy(() -> new PacificaArchive(base, none, 1)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new PacificaArchive(base, TIMEOUT, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
