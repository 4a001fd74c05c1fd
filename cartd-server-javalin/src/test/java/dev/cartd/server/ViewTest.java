package dev.cartd.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.FileStatus;
import dev.cartd.spi.Archive;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A cart as JSON, over real HTTP, with real work behind it. */
class ViewTest {
    @TempDir
    private Path volume;

    private Serving serving;

    @BeforeEach
    void start() {
        serving = new Serving(volume);
    }

    @AfterEach
    void stop() {
        serving.close();
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void aReadyCartIsShown() throws IOException {
        Cart cart = serving.awaitReady(serving.archive.request("my_cart", false, 100, 0, 900));
        serving.cartd.keep(cart, Duration.ofDays(1));

        HttpResponse<byte[]> reply = serving.get("/-/carts/my_cart");

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(Serving.header(reply, "Content-Type")).isEqualTo("application/json");
        assertThat(Serving.header(reply, "Cache-Control")).isEqualTo("no-store");
        JsonNode shown = Serving.json(reply);
        assertThat(names(shown))
                .containsExactly(
                        "uid",
                        "number",
                        "state",
                        "created",
                        "since",
                        "updated",
                        "keptUntil",
                        "form",
                        "files",
                        "bytes",
                        "links");
        assertThat(shown.get("uid").asText()).isEqualTo("my_cart");
        assertThat(shown.get("number").asLong()).isEqualTo(cart.id());
        assertThat(shown.get("state").asText()).isEqualTo("ready");
        assertThat(shown.get("form").asText()).isEqualTo("tree");
        assertThat(Instant.parse(shown.get("since").asText()))
                .isEqualTo(cart.ready().orElseThrow().truncatedTo(ChronoUnit.MILLIS));
        assertThat(shown.get("files"))
                .hasToString("{\"total\":3,\"waiting\":0,\"staging\":0,\"tape\":0,\"staged\":3,\"error\":0}");
        assertThat(shown.get("bytes")).hasToString("{\"total\":1000,\"staged\":1000}");
        assertThat(names(shown.get("links")))
                .containsExactly("self", "tar", "zip", "bagit", "files", "metalink", "manifests", "events");
        for (JsonNode link : shown.get("links")) {
            for (JsonNode one : link.isObject() ? link : List.of(link)) {
                assertThat(serving.get(one.asText()).statusCode())
                        .as(one.asText())
                        .isEqualTo(200);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"files", "manifest", "metalink"})
    void aClientThatAcceptsGzipGetsListsOfFilesCompressed(String list) throws IOException {
        serving.awaitReady(serving.archive.request("packed", false, new int[250]));
        String target = "/-/carts/packed/" + list;

        HttpResponse<byte[]> plain = serving.get(target);
        HttpResponse<byte[]> packed = serving.get(target, "Accept-Encoding", "br, gzip;q=0.5");

        assertThat(Serving.header(packed, "Content-Encoding")).isEqualTo("gzip");
        assertThat(packed.headers().allValues("Vary")).contains("Accept-Encoding");
        assertThat(packed.body().length).isLessThan(plain.body().length / 2);
        assertThat(new GZIPInputStream(new ByteArrayInputStream(packed.body())).readAllBytes())
                .isEqualTo(plain.body());
        assertThat(plain.headers().map()).doesNotContainKey("content-encoding");
        assertThat(serving.get(target, "Accept-Encoding", "br, gzip;q=0").body())
                .isEqualTo(plain.body());
        HttpResponse<byte[]> none = serving.get("/-/carts/nothing/" + list, "Accept-Encoding", "gzip");
        assertThat(none.statusCode()).isEqualTo(404);
        assertThat(Serving.json(none).get("message").asText()).contains("does not exist");
    }

    @Test
    void aCartThatWaitsForTapeSaysSo() throws IOException {
        CartRequest request = serving.archive.request("taped", true, 10, 20, 30);
        serving.archive.put("taped/1", Archive.Medium.TAPE);
        serving.cartd.submit(request);
        serving.awaitFile("taped", FileStatus.STAGING);

        Running.soon()
                .untilAsserted(() -> assertThat(serving.json("/-/carts/taped")
                                .path("waitsFor")
                                .path("kind")
                                .asText())
                        .isEqualTo("tape"));

        JsonNode shown = serving.json("/-/carts/taped");
        assertThat(shown.get("state").asText()).isEqualTo("staging");
        assertThat(shown.get("form").asText()).isEqualTo("tar");
        assertThat(shown.get("files").get("tape").asInt()).isEqualTo(1);
        assertThat(shown.get("files").get("total").asInt()).isEqualTo(3);
        assertThat(shown.get("message").asText()).startsWith("The archive has been bringing files from tape since");
        assertThat(names(shown.get("waitsFor"))).containsExactly("kind", "since", "until", "detail");
        assertThat(shown.get("waitsFor").get("detail").asText()).isEqualTo("file d1/f1");
        assertThat(names(shown)).doesNotContain("reason", "rate", "expectedEnd", "since");
        assertThat(shown.get("links").get("events").asText()).isEqualTo("/-/carts/taped/events");
    }

    @Test
    void aFailedCartSaysWhy() throws IOException {
        CartRequest request = serving.archive.request("failed", false, 10);
        serving.archive.remove("failed/0");
        serving.cartd.submit(request);
        serving.awaitFile("failed", FileStatus.ERROR);

        Running.soon()
                .untilAsserted(() -> assertThat(
                                serving.json("/-/carts/failed").get("state").asText())
                        .isEqualTo("error"));
        assertThat(serving.json("/-/carts/failed").get("reason").asText())
                .isEqualTo("Failed to stage file d0/f0: the archive does not have it");
        JsonNode file =
                serving.json("/-/carts/failed/files?state=error").get("files").get(0);
        assertThat(file.get("reason").asText()).isEqualTo("the archive does not have it");
        assertThat(names(file)).doesNotContain("size", "modified");
    }

    @Test
    void aCartThatIsGoneSaysWhenAndWhy(@TempDir Path other) throws IOException {
        // Nobody removes the files of a deleted cart here, and so the store does not forget it.
        try (Serving idle = Serving.idle(other, Running.CONFIG)) {
            idle.cartd.submit(idle.archive.request("gone", false, 10));
            assertThat(idle.json("/-/carts/gone").get("state").asText()).isEqualTo("waiting");
            idle.cartd.delete("gone");

            HttpResponse<byte[]> reply = idle.get("/-/carts/gone");

            assertThat(reply.statusCode()).isEqualTo(410);
            JsonNode gone = Serving.json(reply);
            assertThat(names(gone))
                    .containsExactly(
                            "status", "message", "traceback", "version", "uid", "number", "state", "created", "since");
            assertThat(gone.get("status").asText()).isEqualTo("410 Gone");
            assertThat(gone.get("message").asText())
                    .isEqualTo("The cart was deleted at " + gone.get("since").asText());
            assertThat(gone.get("state").asText()).isEqualTo("deleted");
            for (String below : List.of("/files", "/files/d0/f0", "/manifest", "/metalink")) {
                assertThat(idle.get("/-/carts/gone" + below).statusCode())
                        .as(below)
                        .isEqualTo(410);
            }
            assertThat(idle.ask("HEAD", "/gone").statusCode()).isEqualTo(404);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/files", "/files/a/b", "/manifest", "/metalink"})
    void anUnknownCartIsNotFound(String below) throws IOException {
        for (String uid : List.of("none", "%2E%2E%2Fx", "%", "%00", "..%2f..%2fetc%2fpasswd", "%C3%BC")) {
            try (Wire wire = new Wire(serving.server.port())) {
                Reply reply = wire.say(Running.request("GET", "/-/carts/" + uid + below) + "\r\n")
                        .reply();
                assertThat(reply.status()).as(uid).isEqualTo(404);
                assertThat(reply.text()).contains("The cart does not exist or has already been deleted");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/files", "/files/a/b", "/manifest", "/metalink"})
    void nothingButReadingIsAllowed(String below) throws IOException {
        for (String method : List.of("POST", "PUT", "DELETE", "PATCH", "OPTIONS")) {
            HttpResponse<byte[]> reply = serving.ask(method, "/-/carts/none" + below);
            assertThat(reply.statusCode()).as(method).isEqualTo(405);
            assertThat(Serving.header(reply, "Allow")).isEqualTo("GET, HEAD");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/-/carts/x//",
                "/-/carts/x/else",
                "/-/carts/x/manifest/health",
                "/-/carts/x/health",
                "/-/carts//files"
            })
    void otherPathsOfTheServerAreNowhere(String target) throws IOException {
        assertThat(Serving.json(serving.get(target)).get("message").asText())
                .isEqualTo("Nothing matches the given URI");
    }

    @Test
    void filesComeInPages() throws IOException {
        int[] sizes = new int[25];
        serving.awaitReady(serving.archive.request("paged", false, sizes));

        List<String> paths = new ArrayList<>();
        int pages = 0;
        for (String next = "/-/carts/paged/files?limit=10"; next != null; pages++) {
            JsonNode page = serving.json(next);
            page.get("files").forEach(file -> paths.add(file.get("path").asText()));
            next = page.path("next").asText(null);
        }

        assertThat(pages).isEqualTo(3);
        assertThat(paths)
                .hasSize(25)
                .doesNotHaveDuplicates()
                .startsWith("d0/f0", "d1/f1")
                .endsWith("d0/f24");
        JsonNode first =
                serving.json("/-/carts/paged/files?limit=1").get("files").get(0);
        assertThat(names(first))
                .containsExactly("number", "path", "id", "state", "size", "modified", "hashtype", "hashsum", "link");
        assertThat(first.get("modified").asText()).isEqualTo("2015-10-15T19:25:54Z");
        assertThat(serving.json("/-/carts/paged/files?state=waiting").get("files"))
                .isEmpty();
        assertThat(serving.json("/-/carts/paged/files?state=staged").get("files"))
                .hasSize(25);
    }

    @Test
    void aCartThatComesMeanwhileIsNotTakenForItsFiles() throws IOException {
        try (Running racing = new Running()) {
            racing.carts.details = Optional.of(serving.cartd.details());
            racing.carts.ready("late", FakeBundle.of(1));
            racing.carts.blind.set(1);
            Reply reply = racing.ask("GET", "/-/carts/late/files");
            assertThat(reply.status()).isEqualTo(404);
            assertThat(reply.text()).contains("The cart does not exist or has already been deleted");
        }
    }

    @Test
    void aPageOfFilesIsWholeHoweverItIsSent() throws IOException {
        serving.close();
        serving = Serving.idle(volume, Running.CONFIG);
        serving.cartd.submit(new CartRequest(
                "many",
                false,
                IntStream.range(0, 1001)
                        .mapToObj(i -> CartRequest.Item.of("a" + i, "d/" + i, "md5", "0".repeat(32)))
                        .toList()));

        HttpResponse<byte[]> reply = serving.get("/-/carts/many/files");

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(Serving.header(reply, "Content-Type")).isEqualTo("application/json");
        assertThat(Serving.header(reply, "Cache-Control")).isEqualTo("no-store");
        JsonNode page = Serving.json(reply);
        assertThat(names(page)).containsExactly("uid", "number", "files", "next");
        assertThat(page.get("files")).hasSize(1000);
        assertThat(page.get("files").get(999).get("path").asText()).isEqualTo("d/999");
        assertThat(serving.json(page.get("next").asText()).get("files"))
                .singleElement()
                .satisfies(last -> assertThat(last.get("path").asText()).isEqualTo("d/1000"));
        HttpResponse<byte[]> head = serving.ask("HEAD", "/-/carts/many/files");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(Serving.header(head, "Content-Type")).isEqualTo("application/json");
        assertThat(Serving.header(head, "Cache-Control")).isEqualTo("no-store");
        assertThat(serving.get("/-/carts/many/files?after=999999").body())
                .asString()
                .contains("\"files\":[]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limit=0",
                "limit=1001",
                "limit=x",
                "limit=",
                "after=-1",
                "after=9999999999999999999",
                "state=lost",
                "state="
            })
    void whatNoPageCanBeIsRefused(String query) throws IOException {
        serving.awaitReady(serving.archive.request("paged", false, 1));
        HttpResponse<byte[]> reply = serving.get("/-/carts/paged/files?" + query);
        assertThat(reply.statusCode()).isEqualTo(400);
        assertThat(Serving.json(reply).get("message").asText()).startsWith(query.split("=")[0] + ": ");
    }

    @Test
    void thePagesOfAnOlderCartEnd() throws IOException {
        serving.awaitReady(serving.archive.request("paged", false, 1, 1));
        String next = serving.json("/-/carts/paged/files?limit=1").get("next").asText();
        serving.awaitReady(serving.archive.request("paged", false, 1, 1, 1));

        assertThat(serving.get(next).statusCode()).isEqualTo(409);
    }
}
