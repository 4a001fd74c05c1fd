package dev.cartd.archive.s3;

import dev.cartd.spi.Archive.Found;
import dev.cartd.spi.Archive.Medium;
import dev.cartd.spi.ArchiveException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What object stores answer, each in its own way. */
class S3ArchiveTest {
    private static final S3Keys KEYS =
            new S3Keys(Optional.empty(), Map.of("AWS_ACCESS_KEY_ID", "a", "AWS_SECRET_ACCESS_KEY", "secret"));
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");

    private final MockWebServer server = new MockWebServer();
    private S3Archive archive;

    @BeforeEach
    void start() throws IOException {
        server.start();
        archive = open("s3://bucket/data+1/%C3%BC/", 3);
    }

    private S3Archive open(String url, int days) {
        URI endpoint = URI.create("http://127.0.0.1:" + server.getPort());
        S3Settings settings = new S3Settings(Optional.of(endpoint), "eu-west-1", true, days, "Bulk", Optional.empty());
        return new S3Archive(URI.create(url), settings, Duration.ofSeconds(20), 8, KEYS, () -> NOW);
    }

    @AfterEach
    void close() {
        archive.close();
        server.close();
    }

    private void answers(int code, String body) {
        server.enqueue(new MockResponse.Builder().code(code).body(body).build());
    }

    private void fails(int code, String error) {
        answers(code, "<?xml version=\"1.0\"?><Error><Code>" + error + "</Code><Message>so it is</Message></Error>");
    }

    private void head(String... headers) {
        MockResponse.Builder answer = new MockResponse.Builder().code(200);
        answer.setHeader("Content-Length", "7").setHeader("Last-Modified", "Sat, 10 Sep 2016 04:34:19 GMT");
        for (int i = 0; i < headers.length; i += 2) {
            answer.setHeader(headers[i], headers[i + 1]);
        }
        server.enqueue(answer.build());
    }

    @Test
    void asksForTheKeyOfAFile() throws InterruptedException {
        head();
        assertThat(archive.status("a b/100%+é")).isEqualTo(new Found(7, 1_473_482_059, Medium.DISK));
        RecordedRequest request = server.takeRequest();
        assertThat(request.getRequestLine()).isEqualTo("HEAD /bucket/data%2B1/%C3%BC/a%20b/100%25%2B%C3%A9 HTTP/1.1");
        assertThat(request.getHeaders().get("Authorization"))
                .startsWith("AWS4-HMAC-SHA256 Credential=a/20261127/eu-west-1/s3");
    }

    @Test
    void aNegativeSizeIsRefused() {
        head("Content-Length", "-5");
        assertThatThrownBy(() -> archive.status("c"))
                .isInstanceOf(ArchiveException.Refused.class)
                .hasMessage("the archive's answer makes no sense: Content-Length is -5");
    }

    @Test
    void aPrefixMayHaveEmptyParts() throws InterruptedException {
        try (S3Archive odd = open("s3://bucket/a//b/", 3)) {
            head();
            odd.status("c");
            assertThat(server.takeRequest().getRequestLine()).isEqualTo("HEAD /bucket/a//b/c HTTP/1.1");
        }
    }

    @Test
    void theBucketIsInTheNameOfTheHost() throws InterruptedException {
        URI endpoint = URI.create("http://localhost:" + server.getPort() + "/");
        S3Settings settings =
                new S3Settings(Optional.of(endpoint), "eu-west-1", false, 1, "Standard", Optional.empty());
        // Whether this name is found depends on the system: only the message is certain.
        try (S3Archive named =
                new S3Archive(URI.create("s3://bucket/"), settings, Duration.ofSeconds(5), 1, KEYS, () -> NOW)) {
            head();
            assertThat(named.status("c").size()).isEqualTo(7);
            assertThat(server.takeRequest().getHeaders().get("Host")).isEqualTo("bucket.localhost:" + server.getPort());
        } catch (ArchiveException.Unreachable e) {
            assertThat(e).hasMessageStartingWith("bucket.localhost:" + server.getPort() + ": ");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "STANDARD            | ''                                                                       | DISK",
                "GLACIER_IR          | ''                                                                       | DISK",
                "GLACIER             | ''                                                                       | TAPE",
                "DEEP_ARCHIVE        | ''                                                                       | TAPE",
                "GLACIER             | ongoing-request=\"true\"                                                 | TAPE",
                "GLACIER             | ongoing-request=\"false\", expiry-date=\"Sat, 28 Nov 2026 00:00:00 GMT\" | DISK",
                // Versity: a file that is on disk stays there.
                "GLACIER             | ongoing-request=\"false\", expiry-date=\"Sat, 01 Jan 2050 00:00:00 GMT\" | DISK",
                // It was restored, and is on tape again.
                "GLACIER             | ongoing-request=\"false\", expiry-date=\"Fri, 27 Nov 2026 00:00:00 GMT\" | TAPE",
                // IBM: nothing was restored.
                "GLACIER             | ongoing-request=\"false\"                                                | TAPE",
                "STANDARD            | ongoing-request=\"false\"                                                | TAPE",
                "GLACIER             | ongoing-request=\"false\", expiry-date=\"soon\"                          | TAPE",
                "GLACIER             | nonsense                                                                 | TAPE",
            })
    void tellsWhereAFileIs(String storageClass, String restore, Medium medium) {
        if (restore.isEmpty()) {
            head("x-amz-storage-class", storageClass);
        } else {
            head("x-amz-storage-class", storageClass, "x-amz-restore", restore);
        }
        assertThat(archive.status("a").medium()).isEqualTo(medium);
    }

    @Test
    void aFileOfTheIntelligentClassMayBeOnTape() {
        head("x-amz-storage-class", "INTELLIGENT_TIERING", "x-amz-archive-status", "DEEP_ARCHIVE_ACCESS");
        assertThat(archive.status("a").medium()).isEqualTo(Medium.TAPE);
    }

    @Test
    void restoresForSomeDays() throws InterruptedException {
        answers(202, "");
        archive.stage("a");
        RecordedRequest request = server.takeRequest();
        assertThat(request.getRequestLine()).isEqualTo("POST /bucket/data%2B1/%C3%BC/a?restore HTTP/1.1");
        assertThat(String.valueOf(request.getBody().utf8())).contains("<Days>3</Days>", "<Tier>Bulk</Tier>");
        answers(200, "");
        archive.stage("a");
    }

    /** StorageGRID says InvalidObjectState of a file that is on disk. */
    @ParameterizedTest
    @CsvSource({"409,RestoreAlreadyInProgress", "403,InvalidObjectState"})
    void aFileThatNeedsNoRestoreIsNoFailure(int code, String error) {
        fails(code, error);
        archive.stage("a");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "403 | AccessDenied         | REFUSED     | the archive answers 403: AccessDenied: so it is",
                "501 | NotImplemented       | REFUSED     | the archive answers 501: NotImplemented: so it is",
                "500 | InternalError        | REFUSED     | the archive answers 500: InternalError: so it is",
                "404 | NoSuchKey            | MISSING     | the archive does not have it",
                "404 | NoSuchBucket         | UNREACHABLE | the bucket in the archive's URL is not there: ",
                "403 | RequestTimeTooSkewed | UNREACHABLE | the clock of this machine or that of the archive is wrong: ",
                "403 | SignatureDoesNotMatch| UNREACHABLE | the keys for signing are not right: ",
                "400 | ExpiredToken         | UNREACHABLE | the keys for signing are not right: ",
                "301 | PermanentRedirect    | UNREACHABLE | s3_region or s3_endpoint is not right: ",
                "503 | SlowDown             | STRAINED    | the archive answers 503: SlowDown: so it is",
                "503 | ServiceUnavailable   | UNREACHABLE | the archive answers 503: ServiceUnavailable: so it is",
            })
    void tellsFailuresApart(int code, String error, String kind, String message) {
        fails(code, error);
        assertThatThrownBy(() -> archive.stage("a"))
                .matches(e -> kind(e).equals(kind))
                .hasMessageStartingWith(message);
        fails(code, error);
        assertThatThrownBy(() -> archive.pull("a", 0, 5)).matches(e -> kind(e).equals(kind));
        if (code >= 400 && code < 500) {
            answers(code, ""); // HEAD has no reason, GET has.
            fails(code, error);
            assertThatThrownBy(() -> archive.status("a"))
                    .matches(e -> kind(e).equals(kind))
                    .hasMessageStartingWith(message);
        }
    }

    private static String kind(Throwable e) {
        ArchiveException why = (ArchiveException) e;
        return why.isStrained() ? "STRAINED" : e.getClass().getSimpleName().toUpperCase(java.util.Locale.ROOT);
    }

    @Test
    void aFileOnTapeCannotBePulled() {
        fails(403, "InvalidObjectState");
        assertThatThrownBy(() -> archive.pull("a", 0, 5))
                .isInstanceOf(ArchiveException.Refused.class)
                .matches(e -> !((ArchiveException) e).isStrained());
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
        RecordedRequest request = server.takeRequest();
        assertThat(request.getHeaders().get("Range")).isEqualTo("bytes=3-");
        assertThat(request.getHeaders().get("Authorization")).contains("host;range;");
        answers(200, "abcdefg");
        assertThatThrownBy(() -> archive.pull("a", 3, 7)).isInstanceOf(ArchiveException.Refused.class);
        answers(206, "abcdefg");
        assertThatThrownBy(() -> archive.pull("a", 3, 7)).hasMessageContaining("sends another range: none");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"s3://bucket/?a", "s3:///", "s3://b/", "s3://u:secret@bucket/", "s3://bucket:80/", "s3:bucket/"})
    void refusesAUrlThatIsNotOfABucket(String url) {
        assertThatThrownBy(() -> S3Archive.check(URI.create(url)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the archive's URL is not s3://BUCKET/PREFIX");
    }
}
