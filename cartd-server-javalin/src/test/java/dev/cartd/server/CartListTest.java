package dev.cartd.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The list of all carts. */
class CartListTest {
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

    @Test
    void aCartIsListedWithWhatIsKnownOfIt() throws IOException {
        serving.awaitReady(serving.archive.request("a~b", false, 10, 20));
        CartRequest broken = serving.archive.request("broken", true, 10);
        serving.archive.remove("broken/0");
        serving.cartd.submit(broken);
        Running.soon()
                .untilAsserted(() -> assertThat(serving.cart("broken").status()).isEqualTo(CartStatus.ERROR));

        HttpResponse<byte[]> reply = serving.get("/-/carts");

        assertThat(Serving.header(reply, "Content-Type")).isEqualTo("application/json");
        assertThat(Serving.header(reply, "Cache-Control")).isEqualTo("no-store");
        JsonNode list = Serving.json(reply);
        assertThat(list.has("next")).isFalse();
        JsonNode failed = list.get("carts").get(0);
        assertThat(failed.get("state").asText()).isEqualTo("error");
        assertThat(failed.get("reason").asText())
                .isEqualTo(serving.cart("broken").reason());
        assertThat(failed.get("form").asText()).isEqualTo("tar");
        JsonNode ready = list.get("carts").get(1);
        assertThat(ready.get("uid").asText()).isEqualTo("a~b");
        assertThat(ready.get("files").toString()).isEqualTo("{\"total\":2,\"staged\":2}");
        assertThat(ready.get("bytes").toString()).isEqualTo("{\"total\":30,\"staged\":30}");
        assertThat(serving.json(ready.get("link").asText()).get("uid").asText()).isEqualTo("a~b");
    }

    @Test
    void pagesFollowEachOther() throws IOException {
        serving.close();
        serving = Serving.idle(volume, Running.CONFIG);
        for (int i = 1; i <= 7; i++) {
            serving.cartd.submit(serving.archive.request("run." + i, false, 10));
            serving.cartd.submit(serving.archive.request("other-" + i, false, 10));
        }
        List<String> seen = new ArrayList<>();
        for (String next = "/-/carts?state=waiting,error&search=run.&limit=3"; !next.isEmpty(); ) {
            JsonNode page = serving.json(next);
            assertThat(page.get("carts").size()).isBetween(1, 3);
            page.get("carts").forEach(cart -> seen.add(cart.get("uid").asText()));
            next = page.path("next").asText();
        }
        assertThat(seen).containsExactly("run.7", "run.6", "run.5", "run.4", "run.3", "run.2", "run.1");
        assertThat(serving.json("/-/carts?state=ready").get("carts")).isEmpty();
        assertThat(serving.json("/-/carts?limit=7&search=other").has("next"))
                .as("a full page that is the last one has a next page")
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "state=deleted",
                "state=ready,",
                "state=,",
                "state=READY",
                "limit=0",
                "limit=1001",
                "after=-1",
                "after=x"
            })
    void whatCannotBeIsRefused(String query) throws IOException {
        HttpResponse<byte[]> reply = serving.get("/-/carts?" + query);

        assertThat(reply.statusCode()).isEqualTo(400);
        assertThat(Serving.text(reply)).contains(query.split("=")[0] + ": ");
    }

    @Test
    void aLongTextIsNotSearched() throws IOException {
        assertThat(serving.get("/-/carts?search=" + "x".repeat(256)).statusCode())
                .isEqualTo(400);
        assertThat(serving.get("/-/carts?search=" + "x".repeat(255)).statusCode())
                .isEqualTo(200);
        assertThat(serving.json("/-/carts?search=%00").get("carts")).isEmpty();
    }
}
