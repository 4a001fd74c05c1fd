package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import java.io.ByteArrayInputStream;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Downloads of streamed and bundled carts: whole, in parts, broken off and gone on with, and what programs make of
 * them.
 */
class DownloadsIT {
    private static final ArchiveInterface ARCHIVE = new ArchiveInterface();
    private static final Random RANDOM = new Random(7);

    private static LiveServer server;
    private static Http http;
    private static Order order;

    @BeforeAll
    static void start(@TempDir Path home) throws Exception {
        server = LiveServer.start(home, ARCHIVE.url(), "cartd.max_downloads = 3");
        http = server.http();
        order = ofOddFiles();
        http.order("streamed", order.json(false));
        http.order("bundled", order.json(true));
        http.awaitReady("streamed");
        http.awaitReady("bundled");
    }

    @AfterAll
    static void stop() throws Exception {
        try (ARCHIVE) {
            server.endUnharmed();
        }
    }

    private static Order ofOddFiles() {
        Order files = new Order(ARCHIVE)
                .file("empty", new byte[0])
                .file("sub/" + "n".repeat(255), Order.bytes(RANDOM, 10))
                .file("d".repeat(99) + "/" + "e".repeat(99) + "/" + "f".repeat(99) + "/deep", Order.bytes(RANDOM, 20))
                .file("größe/日本語/🚀 rocket.txt", Order.bytes(RANDOM, 30))
                .file("with space/and 'quotes' \"both\"", Order.bytes(RANDOM, 40))
                .file("-rf", Order.bytes(RANDOM, 5))
                .file("back\\slash", Order.bytes(RANDOM, 6))
                .file("sub.d/x", Order.bytes(RANDOM, 7))
                .file("large.dat", Order.bytes(RANDOM, 3_000_000));
        for (int size : new int[] {1, 511, 512, 513, 1023, 1024, 1025, 10_240}) {
            files.file("sizes/" + size, Order.bytes(RANDOM, size));
        }
        return files;
    }

    private static String link(String uid) {
        return uid + "?filename=data.tar";
    }

    private static String link(String uid, String format) {
        return link(uid) + "&format=" + format;
    }

    @ParameterizedTest
    @CsvSource({"streamed, tar", "bundled, tar", "streamed, zip", "bundled, zip", "streamed, bagit", "bundled, bagit"})
    void any_range_is_the_slice_of_the_whole(String uid, String format) throws Exception {
        Reply whole = http.get(link(uid, format));
        byte[] tar = whole.body();
        for (int i = 0; i < 300; i++) {
            int from = RANDOM.nextInt(tar.length);
            int to = Math.min(tar.length, from + 1 + RANDOM.nextInt(i % 3 == 0 ? 100_000 : 1_500));
            Reply part = http.get(link(uid, format), "Range", "bytes=" + from + "-" + (to - 1));
            assertThat(part.status()).isEqualTo(206);
            assertThat(part.header("content-range")).isEqualTo("bytes " + from + "-" + (to - 1) + "/" + tar.length);
            assertThat(part.header("etag")).isEqualTo(whole.header("etag"));
            assertThat(Arrays.equals(part.body(), Arrays.copyOfRange(tar, from, to)))
                    .as("bytes %d to %d", from, to)
                    .isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"streamed, data/", "bundled, bundled/"})
    void a_zip_has_the_files_of_the_tar(String uid, String top) throws Exception {
        Reply zip = http.get(link(uid, "zip"));
        assertThat(zip.status()).isEqualTo(200);
        assertThat(zip.header("content-type")).isEqualTo("application/zip");
        assertThat(zip.header("content-disposition")).isEqualTo("attachment; filename=\"data.zip\"");
        Map<String, byte[]> found = new TreeMap<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip.body()))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                assertThat(entry.getName()).startsWith(top);
                if (!entry.isDirectory()) {
                    found.put(entry.getName().substring(top.length()), in.readAllBytes());
                }
            }
        }
        Contents.assertSame(found, order.files());
    }

    @Test
    void an_unknown_format_is_refused() throws Exception {
        assertThat(http.get(link("streamed", "rar")).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({"streamed, tar", "bundled, tar", "streamed, zip", "bundled, zip", "streamed, bagit"})
    void two_downloads_are_the_same_byte_for_byte(String uid, String format) throws Exception {
        Reply first = http.get(link(uid, format));
        Reply second = http.get(link(uid, format));
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.header("etag")).isEqualTo(first.header("etag"));
        assertThat(second.header("last-modified")).isEqualTo(first.header("last-modified"));
    }

    @Test
    void the_etag_tells_top_directories_and_carts_apart() throws Exception {
        assertThat(http.get("streamed?filename=a.tar").header("etag"))
                .isNotEqualTo(http.get("streamed?filename=b.tar").header("etag"));
        assertThat(http.get("streamed?filename=a").header("etag"))
                .isEqualTo(http.get("streamed?filename=a.tar").header("etag"));
    }

    @ParameterizedTest
    @CsvSource({"streamed, tar", "bundled, tar", "streamed, zip", "bundled, zip", "streamed, bagit"})
    void conditions_are_heeded(String uid, String format) throws Exception {
        String link = link(uid, format);
        Reply whole = http.get(link);
        String etag = whole.header("etag");
        String modified = whole.header("last-modified");
        assertThat(http.get(link, "If-None-Match", etag).status()).isEqualTo(304);
        assertThat(http.get(link, "If-None-Match", "\"other\"").status()).isEqualTo(200);
        assertThat(http.get(link, "If-Modified-Since", modified).status()).isEqualTo(304);
        assertThat(http.get(link, "If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT")
                        .status())
                .isEqualTo(200);
        assertThat(http.get(link, "Range", "bytes=5-9", "If-Range", etag).status())
                .isEqualTo(206);
        Reply changed = http.get(link, "Range", "bytes=5-9", "If-Range", "\"other\"");
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.body()).isEqualTo(whole.body());
    }

    @ParameterizedTest
    @CsvSource({
        "streamed, bytes=0-, 206, 0",
        "streamed, bytes=-1024, 206, -1024",
        "bundled, bytes=-1, 206, -1",
        "streamed, bytes=100-99999999999, 206, 100",
        "streamed, 'bytes=0-1,5-6', 200, 0",
        "bundled, 'bytes=0-1,5-6', 200, 0",
        "streamed, lines=1-2, 200, 0",
        "streamed, bytes=9-5, 200, 0",
        "streamed, bytes=nonsense, 200, 0"
    })
    void ranges_in_every_form(String uid, String range, int status, int from) throws Exception {
        byte[] whole = http.get(link(uid)).body();
        Reply reply = http.get(link(uid), "Range", range);
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.body())
                .isEqualTo(Arrays.copyOfRange(whole, from < 0 ? whole.length + from : from, whole.length));
    }

    @ParameterizedTest
    @ValueSource(strings = {"streamed", "bundled"})
    void a_range_beyond_the_end_cannot_be_satisfied(String uid) throws Exception {
        int length = http.get(link(uid)).body().length;
        Reply reply = http.get(link(uid), "Range", "bytes=" + length + "-");
        reply.assertError(416, "");
        assertThat(reply.header("content-range")).isEqualTo("bytes */" + length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"streamed", "bundled"})
    void a_download_that_broke_off_is_gone_on_with(String uid, @TempDir Path desk) throws Exception {
        String url = "'" + server.url(link(uid)) + "'";
        Program.run(desk, "curl -sS " + url + " 2>&- | head -c 1234567 > data.tar");
        byte[] whole = http.get(link(uid)).body();
        assertThat(whole).hasSizeGreaterThan(1_234_567);
        assertThat(Program.run(desk, "curl -sS -C - -o data.tar -w '%{http_code}' " + url))
                .isEqualTo("206");
        assertThat(desk.resolve("data.tar")).hasBinaryContent(whole);
    }

    @ParameterizedTest
    @CsvSource({
        "streamed, tar, tar xf -, data",
        "bundled, tar, tar xf -, bundled",
        "streamed, bsdtar, bsdtar -xf -, data",
        "bundled, bsdtar, bsdtar -xf -, bundled"
    })
    void tar_programs_extract_what_was_asked_for(
            String uid, String program, String extract, String top, @TempDir Path desk) throws Exception {
        assumeHere(desk, program + " --version");
        Program.run(desk, "curl -sSf '" + server.url(link(uid)) + "' | " + extract);
        Contents.assertSame(Contents.ofDirectory(desk), top, order.files());
    }

    @ParameterizedTest
    @CsvSource({"streamed, data", "bundled, bundled"})
    void python_extracts_what_was_asked_for(String uid, String top, @TempDir Path desk) throws Exception {
        assumeHere(desk, "python3 -c 'import tarfile; tarfile.data_filter'");
        Program.run(
                desk,
                "curl -sSf '" + server.url(link(uid)) + "' | python3 -c 'import sys, tarfile; "
                        + "tarfile.open(fileobj=sys.stdin.buffer, mode=\"r|\").extractall(filter=\"data\")'");
        Contents.assertSame(Contents.ofDirectory(desk), top, order.files());
    }

    @Test
    void the_files_lie_on_the_disk_as_other_programs_read_them() throws Exception {
        Path links = server.volume().resolve("cartuids");
        Path streamed = Files.readSymbolicLink(links.resolve("streamed"));
        Path bundled = Files.readSymbolicLink(links.resolve("bundled"));
        assertThat(streamed.toString()).matches("\\.\\./\\d+/streamed");
        assertThat(bundled.toString()).matches("\\.\\./\\d+/bundled\\.tar");
        Contents.assertSame(Contents.ofDirectory(links.resolve(streamed).normalize()), order.files());
        assertThat(links.resolve(bundled)).hasBinaryContent(http.get("bundled").body());
    }

    @Test
    void more_downloads_than_allowed_are_told_to_come_later() throws Exception {
        Order large = new Order(ARCHIVE).file("zeros", new byte[32 << 20]);
        http.order("crowd", large.json());
        http.awaitReady("crowd");
        String request = "GET /crowd HTTP/1.1\nHost: x\n\n";
        try (Wire one = new Wire(server.port());
                Wire two = new Wire(server.port());
                Wire three = new Wire(server.port())) {
            for (Wire wire : new Wire[] {one, two, three}) {
                // None of them reads the body, which is more than the sockets hold.
                assertThat(wire.say(request).bareReply().status()).isEqualTo(200);
            }
            Reply refused = http.get("crowd");
            refused.assertError(503, "");
            assertThat(refused.headers()).containsKey("retry-after");
            assertThat(http.head("crowd").pacifica()).isEqualTo("204 ready");
        }
        await().until(() -> http.get("streamed").status() == 200);
        http.delete("crowd");
    }

    @Test
    void a_download_whose_files_change_is_cut_and_never_ends_cleanly_short() throws Exception {
        http.order(
                "changed", new Order(ARCHIVE).file("zeros", new byte[32 << 20]).json());
        http.awaitReady("changed");
        Path file = server.volume().resolve("cartuids/changed").toRealPath().resolve("zeros");
        try (Wire wire = new Wire(server.port())) {
            // It does not read on yet, and the rest is more than the sockets hold.
            assertThat(wire.say("GET /changed HTTP/1.1\nHost: x\n\n")
                            .bareReply()
                            .status())
                    .isEqualTo(200);
            Files.write(file, new byte[5]);
            assertThatThrownBy(wire::rest).isInstanceOf(SocketException.class);
        }
        http.get("changed").assertError(500, "");
        assertThat(http.head("changed").status()).isEqualTo(500);
    }

    @Test
    void a_download_of_a_cart_that_is_deleted_is_whole_or_cut() throws Exception {
        http.order(
                "vanishing",
                new Order(ARCHIVE).file("zeros", new byte[32 << 20]).json());
        http.awaitReady("vanishing");
        int length = http.get("vanishing").body().length;
        try (Wire wire = new Wire(server.port())) {
            wire.say("GET /vanishing HTTP/1.1\nHost: x\nConnection: close\n\n").bareReply();
            assertThat(http.delete("vanishing").status()).isEqualTo(200);
            assertThat(wire.rest()).hasSize(length);
        } catch (SocketException e) {
            assertThat(e).hasMessageContaining("reset");
        }
    }

    @Test
    void files_come_from_a_mounted_archive_too(@TempDir Path home, @TempDir Path mounted) throws Exception {
        byte[] bytes = Order.bytes(RANDOM, 100_000);
        Files.createDirectories(mounted.resolve("some where"));
        Files.write(mounted.resolve("some where/ü.dat"), bytes);
        String sum = Order.hash("SHA-1", bytes);
        try (LiveServer local = LiveServer.start(home, mounted.toUri())) {
            local.http()
                    .order(
                            "local",
                            new Order(ARCHIVE)
                                    .item("some where/ü.dat", "a/b", "sha1", sum)
                                    .json());
            local.http().awaitReady("local");
            Reply reply = local.http().get("local?filename=x");
            assertThat(Contents.ofTar(reply.body()).get("x/a/b")).isEqualTo(bytes);
            local.assertUnharmed();
        }
    }

    private static void assumeHere(Path desk, String command) throws Exception {
        assumeThat(Program.shell(desk, command).exit())
                .as("'%s' works here", command)
                .isZero();
    }
}
