package dev.cartd.server.files;

import dev.cartd.Cartd;
import dev.cartd.ScriptedArchive;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartRequest.Item;
import dev.cartd.local.MemoryStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FileLinesTest {
    private static final String MD5 = "acbd18db4cc2f85cedef654fccc4a4d8";

    @Test
    void aTextOfACartThatGoesMeanwhileHasNoEnd(@TempDir Path volume) throws IOException {
        MemoryStore store = new MemoryStore(InstantSource.system());
        List<Item> items = IntStream.range(0, 250)
                .mapToObj(i -> Item.of("id", "d/" + i, "md5", MD5))
                .toList();
        Cart cart = store.add(new CartRequest("uid", false, items), 0);
        try (Cartd cartd =
                Cartd.builder(new ScriptedArchive(), volume).store(store).open()) {
            Manifest whole = new Manifest(cartd.details(), cart, "md5", "top");
            StringBuilder text = new StringBuilder();
            for (var piece = whole.next(); piece.isPresent(); piece = whole.next()) {
                text.append(piece.get());
            }
            assertThat(text.toString().lines()).hasSize(250).startsWith(MD5 + "  top/d/0");

            Manifest broken = new Manifest(cartd.details(), cart, "md5", "top");
            assertThat(broken.next()).isPresent();
            store.delete("uid");
            store.removed(cart.id());
            assertThatThrownBy(broken::next)
                    .isInstanceOf(IOException.class)
                    .hasMessage("the cart had 100 of its 250 files");
        }
    }
}
