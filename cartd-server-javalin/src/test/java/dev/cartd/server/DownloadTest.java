package dev.cartd.server;

import dev.cartd.bundle.BundleFormat;
import dev.cartd.cart.CartException;
import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DownloadTest {
    private static final int LENGTH = 1_000_003;
    private static final String MODIFIED = "Sun, 22 Nov 2026 12:15:04 GMT";

    private final Running running = new Running(Running.limits(1_000_000, 10, 2));
    private final FakeCarts carts = running.carts;
    private final FakeBundle bundle = carts.ready("x", FakeBundle.of(LENGTH));

    @AfterEach
    void stop() {
        Running.soon()
                .untilAsserted(() -> assertThat(bundle.open).as("open channels").hasValue(0));
        running.close();
    }

    private void assertWhole(Reply reply) {
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo(FakeBundle.bytes(0, LENGTH));
        assertThat(reply.headers()).doesNotContainKey("content-range");
        assertValidators(reply);
    }

    private static void assertValidators(Reply reply) {
        assertThat(reply.header("Content-Type")).isEqualTo("application/octet-stream");
        assertThat(reply.header("ETag")).isEqualTo("\"0123abcd\"");
        assertThat(reply.header("Last-Modified")).isEqualTo(MODIFIED);
        assertThat(reply.header("Cache-Control")).isEqualTo("no-transform");
        assertThat(reply.header("Accept-Ranges")).isEqualTo("bytes");
        assertThat(reply.header("Content-Disposition")).isEqualTo("attachment; filename=\"my_cart.tar\"");
        assertThat(reply.headers()).doesNotContainKeys("content-encoding", "transfer-encoding");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Accept: */*", "Accept-Encoding: gzip, br", "Connection: close", "Accept: text/html"})
    void theWholeTar(String header) throws IOException {
        assertWhole(running.ask("GET", "/x", header));
    }

    @ParameterizedTest
    @CsvSource({
        "/x, ''",
        "/x?filename=, ''",
        "/x?filename=my_cart.tar, my_cart.tar",
        "/x?a=b&filename=a&filename=b, a",
        "/x?filename=a%20b+c%2F%C3%BC, a b c/ü",
        "/x?filename=%zz, ''",
        "/x?filename, ''",
    })
    void theNameIsPassedOn(String target, String name) throws IOException {
        running.ask("GET", target);
        assertThat(carts.filenames).containsExactly(name);
    }

    @ParameterizedTest
    @CsvSource({
        "/x, TAR",
        "/x?filename=a.zip, TAR",
        "/x?format=tar, TAR",
        "/x?format=zip, ZIP",
        "/x?format=bagit, BAGIT",
        "/x?format=zip&format=tar&filename=a.tar, ZIP",
    })
    void onlyTheQueryNamesTheFormat(String target, BundleFormat format) throws IOException {
        assertThat(running.ask("GET", target).status()).isEqualTo(200);
        assertThat(carts.formats).containsExactly(format);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/x?format=", "/x?format=ZIP", "/x?format=rar", "/x?format=%00", "/absent?format=7z"})
    void aFormatThatIsNotKnownIsRefused(String target) throws IOException {
        Reply reply = running.ask("GET", target);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.text()).contains("\"message\": \"format: must be tar, zip or bagit\"");
        assertThat(carts.formats).isEmpty();
    }

    @Test
    void aZipIsSentAsWhatItIs() throws IOException {
        carts.ready("z", FakeBundle.of(LENGTH).named("my_cart.zip"));
        Reply whole = running.ask("GET", "/z?format=zip");
        assertThat(whole.header("Content-Type")).isEqualTo("application/zip");
        assertThat(whole.header("Content-Disposition")).isEqualTo("attachment; filename=\"my_cart.zip\"");
        assertThat(whole.header("ETag")).isEqualTo("\"0123abcd\"");
        assertThat(whole.body()).isEqualTo(FakeBundle.bytes(0, LENGTH));
        Reply part = running.ask("GET", "/z?format=zip", "Range: bytes=100-199", "If-Range: \"0123abcd\"");
        assertThat(part.status()).isEqualTo(206);
        assertThat(part.header("Content-Type")).isEqualTo("application/zip");
        assertThat(part.body()).isEqualTo(FakeBundle.bytes(100, 200));
    }

    @Test
    void whatAZipWaitsForIsSaidInOneLine() throws IOException {
        carts.failure = Optional.of(new CartException.NotReady("The zip is not ready: 1 of 2 files."));
        Reply reply = running.ask("GET", "/x?format=zip");
        assertThat(reply.status()).isEqualTo(202);
        assertThat(reply.text()).isEqualTo("The zip is not ready: 1 of 2 files.");
        assertThat(reply.header("Retry-After")).isEqualTo("5");

        carts.failure = Optional.of(new CartException.NoSuchForm("It is a tar."));
        Reply refusal = running.ask("GET", "/x?format=zip");
        assertThat(refusal.status()).isEqualTo(409);
        assertThat(refusal.text()).contains("\"status\": \"409 Conflict\", \"message\": \"It is a tar.\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "my cart.tar|attachment; filename=\"my cart.tar\"",
                "ü€😀.tar|attachment; filename=\"___.tar\"; filename*=UTF-8''%C3%BC%E2%82%AC%F0%9F%98%80.tar",
                "100%.tar|attachment; filename=\"100%.tar\"",
                "é (1)'.tar|attachment; filename=\"_ (1)'.tar\"; filename*=UTF-8''%C3%A9%20%281%29%27.tar",
                "a\"b\\c.tar|attachment; filename=\"a_b_c.tar\"; filename*=UTF-8''a%22b%5Cc.tar",
            })
    void theNameIsToldAsRfc6266HasIt(String name, String disposition) throws IOException {
        carts.ready("named", FakeBundle.of(1).named(name));
        assertThat(running.ask("GET", "/named").header("Content-Disposition")).isEqualTo(disposition);
    }

    @Test
    void aNameAsLongAsATargetCanBeIsTold() throws IOException {
        carts.ready("named", FakeBundle.of(1).named("ü".repeat(2600)));
        assertThat(running.ask("GET", "/named").header("Content-Disposition")).hasSizeGreaterThan(18_000);
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-9, 0, 10",
        "bytes=100-, 100, 1000003",
        "bytes=-5, 999998, 1000003",
        "bytes=0-0, 0, 1",
        "bytes=0-99999999, 0, 1000003",
        "bytes=-99999999, 0, 1000003",
        "bytes=1000002-, 1000002, 1000003",
        "BYTES=0-9, 0, 10",
        "bytes = 5-7 , 5, 8",
        "bytes=7-99999999999999999999999, 7, 1000003",
        "bytes=-99999999999999999999999, 0, 1000003",
        "bytes=007-0000000000000000000009, 7, 10",
        "bytes=9-9, 9, 10",
    })
    void aRange(String range, int from, int to) throws IOException {
        Reply reply = running.ask("GET", "/x", "Range: " + range);
        assertThat(reply.status()).isEqualTo(206);
        assertThat(reply.body()).isEqualTo(FakeBundle.bytes(from, to));
        assertThat(reply.header("Content-Range")).isEqualTo("bytes " + from + "-" + (to - 1) + "/" + LENGTH);
        assertValidators(reply);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytes=0-4,10-14",
                "bytes=0-4, 10-14",
                "bytes=5-2",
                "bytes=abc",
                "bytes=-",
                "bytes=",
                "bytes",
                "items=0-5",
                "bytes=0-5x",
                "bytes=1.5-2",
                "bytes=--5",
                "bytes=+1-5",
                "0-5",
                "bytes=99999999999999999999999-2",
            })
    void whatIsNoSingleRangeGivesTheWhole(String range) throws IOException {
        assertWhole(running.ask("GET", "/x", "Range: " + range));
    }

    @Test
    void twoRangeHeadersGiveTheWhole() throws IOException {
        assertWhole(running.ask("GET", "/x", "Range: bytes=0-1", "Range: bytes=5-6"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=1000003-", "bytes=1000003-1000005", "bytes=-0", "bytes=99999999999999999999999-"})
    void aRangeBeyondTheEndCannotBeHad(String range) throws IOException {
        Reply reply = running.ask("GET", "/x", "Range: " + range);
        assertThat(reply.status()).isEqualTo(416);
        assertThat(reply.header("Content-Range")).isEqualTo("bytes */1000003");
        assertThat(reply.header("Content-Type")).isEqualTo("application/json");
        assertThat(reply.text()).startsWith("{\"status\": \"416 ");
    }

    @Test
    void hundredsOfRandomRangesAreSlicesOfTheWhole() throws IOException {
        Random random = new Random(42);
        try (Wire wire = running.connect()) {
            for (int i = 0; i < 400; i++) {
                int from = random.nextInt(LENGTH);
                int to =
                        from + 1 + random.nextInt(random.nextBoolean() ? LENGTH - from : Math.min(2000, LENGTH - from));
                String header = "Range: bytes=" + from + "-" + (to - 1);
                Reply reply =
                        wire.say(Running.request("GET", "/x", header) + "\r\n").reply();
                assertThat(reply.status()).isEqualTo(206);
                assertThat(reply.body()).isEqualTo(FakeBundle.bytes(from, to));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "If-None-Match: \"0123abcd\"",
                "If-None-Match: W/\"0123abcd\"",
                "If-None-Match: *",
                "If-None-Match: \"a,b\", W/\"x\" ,\"0123abcd\"",
                "If-None-Match: \"x\"\r\nIf-None-Match: \"0123abcd\"",
                "If-Modified-Since: " + MODIFIED,
                "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT",
                "If-Modified-Since: Sunday, 22-Nov-26 12:15:04 GMT",
                "If-Modified-Since: Sun Nov 22 12:15:04 2026",
                "If-None-Match: *\r\nRange: bytes=0-9",
                "If-Match: \"0123abcd\"\r\nIf-None-Match: *",
            })
    void whatTheClientHasIsNotSentAgain(String header) throws IOException {
        Reply reply = running.ask("GET", "/x", header);
        assertThat(reply.status()).isEqualTo(304);
        assertThat(reply.header("ETag")).isEqualTo("\"0123abcd\"");
        assertThat(reply.header("Last-Modified")).isEqualTo(MODIFIED);
        assertThat(reply.headers()).doesNotContainKeys("content-type", "content-length");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "If-None-Match: \"other\"",
                "If-None-Match: 0123abcd",
                "If-None-Match: \"other\"\r\nIf-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT",
                "If-Modified-Since: Thu, 01 Jan 2015 00:00:00 GMT",
                "If-Modified-Since: yesterday",
                "If-Match: \"0123abcd\"",
                "If-Match: *",
                "If-Match: \"x\", \"0123abcd\"\r\nIf-Unmodified-Since: Thu, 01 Jan 2015 00:00:00 GMT",
                "If-Unmodified-Since: " + MODIFIED,
                "If-Unmodified-Since: once",
                "Range: bytes=0-9\r\nIf-Range: \"other\"",
                "Range: bytes=0-9\r\nIf-Range: W/\"0123abcd\"",
                "Range: bytes=0-9\r\nIf-Range: Thu, 01 Jan 2015 00:00:00 GMT",
                "Range: bytes=0-9\r\nIf-Range: Fri, 01 Jan 2100 00:00:00 GMT",
                "Range: bytes=0-9\r\nIf-Range: nonsense",
                "Range: bytes=99999999-\r\nIf-Range: \"other\"",
            })
    void whatTheClientDoesNotHaveIsSentWhole(String header) throws IOException {
        assertWhole(running.ask("GET", "/x", header));
    }

    @ParameterizedTest
    @ValueSource(strings = {"If-Range: \"0123abcd\"", "If-Range: " + MODIFIED, "If-Match: *"})
    void aRangeOfWhatTheClientHas(String header) throws IOException {
        assertThat(running.ask("GET", "/x", "Range: bytes=0-9", header).status())
                .isEqualTo(206);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "If-Match: \"other\"",
                "If-Match: W/\"0123abcd\"",
                "If-Unmodified-Since: Thu, 01 Jan 2015 00:00:00 GMT",
                "If-Match: \"other\"\r\nIf-None-Match: *",
            })
    void anotherTarThanTheClientWants(String header) throws IOException {
        Reply reply = running.ask("GET", "/x", header);
        assertThat(reply.status()).isEqualTo(412);
        assertThat(reply.text()).startsWith("{\"status\": \"412 Precondition Failed\"");
    }

    @Test
    void headNeverOpensIt() throws IOException {
        Reply reply = running.ask("HEAD", "/x?filename=a.tar", "Range: bytes=0-9", "If-None-Match: *");
        assertThat(reply.status()).isEqualTo(204);
        assertThat(reply.pacifica()).containsExactly("ready", "");
        assertThat(carts.filenames).isEmpty();
    }

    @Test
    void anEmptyTar() throws IOException {
        carts.ready("empty", FakeBundle.of(0));
        Reply reply = running.ask("GET", "/empty");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("Content-Length")).isEqualTo("0");
        assertThat(running.ask("GET", "/empty", "Range: bytes=0-").status()).isEqualTo(416);
    }

    @Test
    void aClientOfHttp10() throws IOException {
        try (Wire wire = running.connect()) {
            assertWhole(wire.say("GET /x HTTP/1.0\r\n\r\n").reply());
            assertThat(wire.rest()).isEmpty();
        }
    }

    @Test
    void moreThanTwoGigabytesAreToldRight() throws IOException {
        FakeBundle huge = carts.ready("huge", FakeBundle.of(9_000_000_000_000L));
        Reply reply = running.ask("GET", "/huge", "Range: bytes=8999999999990-");
        assertThat(reply.header("Content-Range")).isEqualTo("bytes 8999999999990-8999999999999/9000000000000");
        assertThat(reply.body()).isEqualTo(FakeBundle.bytes(8_999_999_999_990L, 9_000_000_000_000L));
        try (Wire wire = running.connect()) {
            wire.say(Running.request("GET", "/huge") + "\r\n").in().readNBytes(100_000);
        }
        Running.soon()
                .untilAsserted(() ->
                        assertThat(huge.open).as("closed when the client goes").hasValue(0));
    }

    @Test
    void partsAreReadAtOnceAndSentInTheirOrder() throws IOException {
        FakeBundle large = carts.ready("large", FakeBundle.of(20_000_000));
        CountDownLatch laterPart = new CountDownLatch(1);
        AtomicLong held = new AtomicLong();
        large.reading = position -> {
            if (position > 0 && held.compareAndSet(0, position)) {
                assertThat(happened(laterPart))
                        .as("a later part was read meanwhile")
                        .isTrue();
            } else if (held.get() > 0 && position > held.get()) {
                laterPart.countDown();
            }
        };
        assertThat(running.ask("GET", "/large").body()).isEqualTo(FakeBundle.bytes(0, 20_000_000));
        assertThat(laterPart.getCount()).isZero();
    }

    private static boolean happened(CountDownLatch latch) {
        try {
            return latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void noBufferIsUsedTwiceWhileReadsEndLate() throws IOException {
        FakeBundle failing = carts.ready("failing", FakeBundle.of(50_000_000).failingAt(20_000_000));
        for (int i = 0; i < 20; i++) {
            try (Wire wire = running.connect()) {
                wire.say(Running.request("GET", "/failing") + "\r\n");
                assertThatThrownBy(wire::rest).isInstanceOf(SocketException.class);
            }
            assertWhole(running.ask("GET", "/x"));
        }
        Running.soon().untilAsserted(() -> assertThat(failing.open).hasValue(0));
    }

    @Test
    void aDownloadThatFailsIsReset() throws IOException {
        FakeBundle failing = carts.ready("failing", FakeBundle.of(50_000_000).failingAt(20_000_000));
        FakeBundle ending = carts.ready("ending", FakeBundle.of(50_000_000).endingAt(20_000_000));
        for (String target : List.of("/failing", "/ending")) {
            try (Logged logged = new Logged();
                    Wire wire = running.connect()) {
                wire.say(Running.request("GET", target) + "\r\n");
                assertThatThrownBy(wire::rest).isInstanceOf(SocketException.class);
                Running.soon().untilAsserted(() -> assertThat(logged.lines()).hasSize(1));
                assertThat(logged.lines().get(0)).startsWith("download of " + target.substring(1) + " broken off with");
                assertThat(logged.traces()).isEmpty();
            }
        }
        Running.soon()
                .untilAsserted(
                        () -> assertThat(failing.open.get() + ending.open.get()).isZero());
        assertWhole(running.ask("GET", "/x"));
    }

    @Test
    void aDownloadThatFailsAtOnceSaysWhy() throws IOException {
        FakeBundle failing = carts.ready("failing", FakeBundle.of(5_000_000).failingAt(100));
        for (int i = 0; i < 3; i++) {
            Reply reply = running.ask("GET", "/failing");
            assertThat(reply.status()).isEqualTo(500);
            assertThat(reply.text()).contains("The files of the cart cannot be read: a file is gone");
            assertThat(reply.headers()).doesNotContainKeys("etag", "content-disposition");
        }
        assertThat(failing.open).hasValue(0);
    }

    @Test
    void noMoreThanSoManyRunAtOnce() throws IOException {
        FakeBundle huge = carts.ready("huge", FakeBundle.of(1_000_000_000));
        List<Wire> wires = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Wire wire = running.connect().say(Running.request("GET", "/huge") + "\r\n");
            wire.in().readNBytes(1000);
            wires.add(wire);
        }
        Reply refused = running.ask("GET", "/x");
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.header("Retry-After")).isEqualTo("30");
        assertThat(refused.text()).contains("Too many downloads");
        assertThat(running.ask("GET", "/x", "If-None-Match: *").status()).isEqualTo(304);
        assertThat(running.ask("HEAD", "/x").status()).isEqualTo(204);
        for (Wire wire : wires) {
            wire.close();
        }
        Running.soon().untilAsserted(() -> assertThat(huge.open).hasValue(0));
        for (int i = 0; i < 5; i++) {
            assertWhole(running.ask("GET", "/x"));
        }
    }
}
