package dev.cartd.server.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.cartd.Cartd;
import dev.cartd.ScriptedArchive;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartRequest.Item;
import dev.cartd.local.MemoryStore;
import dev.cartd.server.carts.Carts;
import dev.cartd.server.http.OwnPaths;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FilesPageTest {
    private static final String MD5 = "acbd18db4cc2f85cedef654fccc4a4d8";

    private final MemoryStore store = new MemoryStore(InstantSource.system());
    private Cartd cartd;

    @BeforeEach
    void open(@TempDir Path volume) {
        cartd = Cartd.builder(new ScriptedArchive(), volume).store(store).open();
    }

    @AfterEach
    void close() {
        cartd.close();
    }

    private Cart cart(String folder, int files) {
        return store.add(
                new CartRequest(
                        "uid",
                        false,
                        IntStream.range(0, files)
                                .mapToObj(i -> Item.of("id", folder + "/" + i, "md5", MD5))
                                .toList()),
                0);
    }

    private FilesPage page(Cart cart, int limit) {
        return new FilesPage(
                Carts.of(cartd), cart, new FilesPage.Asked(0, Optional.empty(), limit), new OwnPaths(cart.uid()));
    }

    private static JsonNode whole(FilesPage page) throws IOException {
        StringBuilder text = new StringBuilder();
        for (var piece = page.next(); piece.isPresent(); piece = page.next()) {
            text.append(piece.get());
        }
        return new JsonMapper().readTree(text.toString());
    }

    @Test
    void aPageIsTheSameInPieces() throws IOException {
        Cart cart = cart("d", 250);
        JsonNode all = whole(page(cart, 1000));
        assertThat(all.get("files")).hasSize(250);
        assertThat(all.has("next")).isFalse();
        for (int limit : new int[] {1, 99, 100, 101, 200, 250}) {
            JsonNode page = whole(page(cart, limit));
            assertThat(page.get("files")).hasSize(limit);
            for (int i = 0; i < limit; i++) {
                assertThat(page.get("files").get(i)).isEqualTo(all.get("files").get(i));
            }
            long last = all.get("files").get(limit - 1).get("number").asLong();
            assertThat(page.get("next").asText()).contains("&after=" + last + "&limit=" + limit);
        }
    }

    @Test
    void aPageOfLongPathsEndsEarly() throws IOException {
        Cart cart = cart(("x".repeat(250) + "/").repeat(8) + "y", 1000);
        JsonNode page = whole(page(cart, 1000));
        int files = page.get("files").size();
        assertThat(files).isBetween(500, 600);
        assertThat(page.get("next").asText())
                .contains("&after=" + page.get("files").get(files - 1).get("number"));
    }

    @Test
    void aPageOfACartThatGoesMeanwhileHasNoEnd() throws IOException {
        Cart cart = cart("d", 250);
        FilesPage broken = page(cart, 1000);
        assertThat(broken.next()).isPresent();
        store.delete("uid");
        store.removed(cart.id());
        assertThatThrownBy(broken::next)
                .isInstanceOf(IOException.class)
                .hasMessage("the cart was deleted after 100 files");
    }
}
