package dev.cartd.claim;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.local.MemoryStore;
import dev.cartd.volume.CartTree;
import dev.cartd.volume.MarkedVolume;
import dev.cartd.volume.Part;
import dev.cartd.volume.Parts;
import dev.cartd.volume.Volume;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class IntoPlaceTest {
    @TempDir
    Path directory;

    @Test
    void anEmptyFileThatAPowerCutLeftIsNotTakenForAnotherOne() throws Exception {
        MemoryStore store = new MemoryStore(InstantSource.system());
        Volume volume = MarkedVolume.at(directory, store);
        List<CartRequest.Item> items = List.of(
                CartRequest.Item.of("1", "empty", "md5", "d41d8cd98f00b204e9800998ecf8427e"),
                CartRequest.Item.of("2", "x", "md5", "9dd4e461268c8034f5c8564e155c67a6"));
        Cart cart = store.claim(store.add(new CartRequest("u", false, items), 0).id())
                .orElseThrow();
        List<CartFile> wanted = store.files(cart.id());
        CartFile empty = wanted.get(0).seen(0, 0, true);
        CartFile file = wanted.get(1).seen(1, 0, true);
        CartTree tree = volume.tree(cart);
        try (Parts parts = volume.parts(cart);
                Part part = parts.open(file.id())) {
            Files.createDirectories(tree.path());
            Files.createFile(tree.path(file));
            part.channel().write(ByteBuffer.wrap(new byte[] {'x'}));
            new IntoPlace(tree, List.of(empty, file), parts).place(file, part.path());
        }
        assertThat(tree.path(file)).hasContent("x");
    }
}
