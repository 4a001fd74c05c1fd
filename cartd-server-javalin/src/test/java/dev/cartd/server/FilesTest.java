package dev.cartd.server;

import dev.cartd.ScriptedArchive;
import dev.cartd.bundle.BundleChannel;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartRequest.Item;
import dev.cartd.cart.CartStatus;
import dev.cartd.spi.Archive;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Single files of carts. */
class FilesTest {
    @TempDir
    private Path volume;

    private Serving serving;
    private ScriptedArchive archive;

    @BeforeEach
    void start() {
        serving = new Serving(volume);
        archive = serving.archive;
    }

    @AfterEach
    void stop() {
        serving.close();
    }

    private static String base64(String hex) {
        return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyFileOfAReadyCartCanBeHad(boolean bundle) throws IOException {
        serving.awaitReady(archive.request("some", bundle, 0, 1, 511, 512, 513, 700_000));
        for (int i = 0; i < 6; i++) {
            HttpResponse<byte[]> reply = serving.get("/-/carts/some/files/d" + i % 3 + "/f" + i);
            byte[] bytes = archive.bytes("some/" + i);
            assertThat(reply.statusCode()).isEqualTo(200);
            assertThat(reply.body()).as("file " + i).isEqualTo(bytes);
            String md5 = ScriptedArchive.hash("MD5", bytes);
            assertThat(Serving.header(reply, "ETag")).isEqualTo("\"md5-" + md5 + "\"");
            assertThat(Serving.header(reply, "Repr-Digest")).isEqualTo("md5=:" + base64(md5) + ":");
            assertThat(Serving.header(reply, "Digest")).isEqualTo("(none)");
            assertThat(Serving.header(reply, "Last-Modified")).isEqualTo("Thu, 15 Oct 2015 19:25:54 GMT");
            assertThat(Serving.header(reply, "Content-Type")).isEqualTo("application/octet-stream");
            assertThat(Serving.header(reply, "Content-Length")).isEqualTo(String.valueOf(bytes.length));
            assertThat(Serving.header(reply, "Content-Disposition")).isEqualTo("attachment; filename=\"f" + i + "\"");
            assertThat(Serving.header(reply, "X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(Serving.header(reply, "Content-Security-Policy")).isEqualTo("default-src 'none'; sandbox");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRangeOfAFile(boolean bundle) throws IOException {
        serving.awaitReady(archive.request("some", bundle, 10, 1000));
        String target = "/-/carts/some/files/d1/f1";
        byte[] bytes = archive.bytes("some/1");

        HttpResponse<byte[]> part = serving.get(target, "Range", "bytes=100-199");
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(Serving.header(part, "Content-Range")).isEqualTo("bytes 100-199/1000");
        assertThat(part.body()).isEqualTo(Arrays.copyOfRange(bytes, 100, 200));
        HttpResponse<byte[]> end = serving.get(target, "Range", "bytes=-1", "If-Range", Serving.header(part, "ETag"));
        assertThat(end.body()).isEqualTo(Arrays.copyOfRange(bytes, 999, 1000));
        HttpResponse<byte[]> other = serving.get(target, "Range", "bytes=-1", "If-Range", "\"else\"");
        assertThat(other.body()).isEqualTo(bytes);
        assertThat(serving.get(target, "Range", "bytes=1000-").statusCode()).isEqualTo(416);
        assertThat(serving.get(target, "If-None-Match", Serving.header(part, "ETag"))
                        .statusCode())
                .isEqualTo(304);
        assertThat(serving.get(target, "If-Match", "\"else\"").statusCode()).isEqualTo(412);
    }

    @Test
    void headHasTheHeadersAndNoBody() throws IOException {
        serving.awaitReady(archive.request("some", false, 1000));
        HttpResponse<byte[]> head = serving.ask("HEAD", "/-/carts/some/files/d0/f0");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(Serving.header(head, "Content-Length")).isEqualTo("1000");
        assertThat(Serving.header(head, "ETag")).startsWith("\"md5-");
    }

    @ParameterizedTest
    @CsvSource({
        "md5, MD5, md5, MD5",
        "sha1, SHA-1, sha, SHA",
        "sha256, SHA-256, sha-256, SHA-256",
        "sha512, SHA-512, sha-512, SHA-512"
    })
    void theDigestIsToldTwiceIfAsked(String type, String algorithm, String name, String old) throws IOException {
        archive.add("a", 50);
        Item item = archive.item("a", "a", type, algorithm);
        serving.awaitReady(new CartRequest("one", false, List.of(item)));
        String digest = base64(item.checksum().value());

        HttpResponse<byte[]> asked = serving.get("/-/carts/one/files/a", "Want-Digest", "x;q=0.1, " + old + ";q=0.2");
        assertThat(Serving.header(asked, "Repr-Digest")).isEqualTo(name + "=:" + digest + ":");
        assertThat(Serving.header(asked, "Digest")).isEqualTo(old + "=" + digest);
        for (String other : List.of("unixsum", old + ";q=0", old + "x")) {
            assertThat(Serving.header(serving.get("/-/carts/one/files/a", "Want-Digest", other), "Digest"))
                    .isEqualTo("(none)");
        }
    }

    @Test
    void aHashWithoutANameIsInTheEtagOnly() throws IOException {
        archive.add("a", 50);
        serving.awaitReady(new CartRequest("one", false, List.of(archive.item("a", "a", "sha3_256", "SHA3-256"))));
        HttpResponse<byte[]> reply = serving.get("/-/carts/one/files/a", "Want-Digest", "sha3-256");
        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(Serving.header(reply, "ETag")).startsWith("\"sha3_256-");
        assertThat(Serving.header(reply, "Repr-Digest")).isEqualTo("(none)");
        assertThat(Serving.header(reply, "Digest")).isEqualTo("(none)");
    }

    @Test
    void aFileCanBeHadBeforeTheCartIsReady() throws IOException {
        CartRequest request = archive.request("early", false, 1000, 2000);
        archive.put("early/1", Archive.Medium.TAPE);
        serving.cartd.submit(request);
        Running.soon()
                .untilAsserted(() -> assertThat(
                                serving.get("/-/carts/early/files/d0/f0").statusCode())
                        .isEqualTo(200));

        assertThat(serving.get("/-/carts/early/files/d0/f0").body()).isEqualTo(archive.bytes("early/0"));
        HttpResponse<byte[]> notYet = serving.get("/-/carts/early/files/d1/f1");
        assertThat(notYet.statusCode()).isEqualTo(409);
        assertThat(Serving.header(notYet, "Retry-After")).isEqualTo("5");
        assertThat(serving.cart("early").status()).isEqualTo(CartStatus.STAGING);
        archive.put("early/1", Archive.Medium.DISK);
        Running.soon()
                .untilAsserted(() -> assertThat(
                                serving.get("/-/carts/early/files/d1/f1").body())
                        .isEqualTo(archive.bytes("early/1")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "d0",
                "d0/",
                "d0/f0/",
                "/d0/f0",
                "d0//f0",
                "./d0/f0",
                "d0/../d0/f0",
                "..%2Fd0%2Ff0",
                "%2Fetc%2Fpasswd",
                "../../../../../etc/passwd",
                "d0/f0%00",
                "D0/f0",
                "d0%5Cf0",
                "%ff",
                "some"
            })
    void aPathThatNoFileHasIsNotFound(String path) throws IOException {
        serving.awaitReady(archive.request("some", false, 10));
        try (Wire wire = new Wire(serving.server.port())) {
            Reply reply = wire.say(Running.request("GET", "/-/carts/some/files/" + path) + "\r\n")
                    .reply();
            assertThat(reply.status()).isEqualTo(404);
            assertThat(reply.text()).contains("The cart has no file of this path");
        }
    }

    @Test
    void aPathMayHaveAnyCharacters() throws IOException {
        String path = "ünï/\u65e5\u672c/\ud83d\ude00 '\"?#;&%41+<b>\\ .html";
        archive.add("a", 50);
        serving.awaitReady(new CartRequest("odd", false, List.of(archive.item("a", path))));

        String link = serving.json("/-/carts/odd/files")
                .get("files")
                .get(0)
                .get("link")
                .asText();
        HttpResponse<byte[]> reply = serving.get(link);

        assertThat(reply.body()).isEqualTo(archive.bytes("a"));
        assertThat(Serving.header(reply, "Content-Type")).isEqualTo("application/octet-stream");
        assertThat(Serving.header(reply, "Content-Disposition")).startsWith("attachment; filename=\"_ '_?#;&%41+<b>_");
    }

    @Test
    void aTarThatIsBeingMadeGivesNoFiles() throws IOException {
        CartRequest request = archive.request("tar", true, 100, 200_000);
        archive.stall(true);
        serving.cartd.submit(request);
        Running.soon().untilAsserted(() -> assertThat(archive.isStalled()).isTrue());
        assertThat(serving.get("/-/carts/tar/files/d0/f0").statusCode()).isEqualTo(409);
        archive.stall(false);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFileThatIsGoneFromTheVolumeFailsItsCart(boolean bundle) throws IOException {
        Cart cart = serving.awaitReady(archive.request("hurt", bundle, 10, 20));
        Path there = Path.of(cart.bundlePath());
        Files.delete(bundle ? there : there.resolve("d1/f1"));

        HttpResponse<byte[]> reply = serving.get("/-/carts/hurt/files/d1/f1");

        assertThat(reply.statusCode()).isEqualTo(500);
        assertThat(Serving.text(reply))
                .contains("The cart is damaged: " + (bundle ? "its tar" : "file d1/f1") + " is gone from the volume");
        assertThat(serving.cart("hurt").status()).isEqualTo(CartStatus.ERROR);
        if (!bundle) {
            assertThat(serving.get("/-/carts/hurt/files/d0/f0").body()).isEqualTo(archive.bytes("hurt/0"));
            assertThat(serving.get("/-/carts/hurt/files/d1/f1").statusCode()).isEqualTo(503);
        }
    }

    @Test
    void aDownloadOfAFileKeepsItsCart() throws IOException {
        Cart cart = serving.awaitReady(archive.request("kept", false, 10));
        CartFile file = serving.cartd.details().file(cart, "d0/f0").orElseThrow();
        try (BundleChannel bytes = serving.cartd.open(cart, file).open(0, 10)) {
            assertThat(bytes.isOpen()).isTrue();
            assertThat(serving.cartd.purge(serving.cart("kept"))).isFalse();
        }
        Running.soon()
                .untilAsserted(() ->
                        assertThat(serving.cartd.purge(serving.cart("kept"))).isTrue());
    }
}
