package dev.cartd;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartRequest.Item;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Durability;
import dev.cartd.local.MemoryStore;
import dev.cartd.spi.SpaceStore;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Which single files of a cart can be had. Nothing works on the carts here: the test says what was recorded. */
class SingleFilesTest {
    private static final String MD5 = "acbd18db4cc2f85cedef654fccc4a4d8";

    @TempDir
    Path volume;

    private final MemoryStore store = new MemoryStore(InstantSource.system());
    private Cartd cartd;

    @BeforeEach
    void open() {
        cartd = Cartd.builder(new ScriptedArchive(), volume).store(store).open();
    }

    @AfterEach
    void close() {
        cartd.close();
    }

    private Cart claim(boolean bundle) {
        return claim(bundle, MD5);
    }

    private Cart claim(boolean bundle, String hash) {
        List<Item> items = List.of(Item.of("a", "d/a", "md5", hash), Item.of("b", "d/b", "md5", MD5));
        return store.claim(store.add(new CartRequest("uid", bundle, items), 0).id())
                .orElseThrow();
    }

    private Cart stage(Cart claim) {
        CartFile file = store.files(claim.id()).get(0);
        store.record(claim, List.of(file.asked(1).seen(3, 1, true).staged()));
        return cartd.status("uid").orElseThrow();
    }

    private CartFile file(Cart cart, String path) {
        return cartd.details().file(cart, path).orElseThrow();
    }

    @Test
    void aStagedFileOfATreeCanBeHad() {
        Cart cart = stage(claim(false));
        assertThat(cartd.open(cart, file(cart, "d/a")).etag()).isEqualTo("md5-" + MD5);
        assertThat(cartd.open(cart, file(cart, "d/a")).filename()).isEqualTo("a");
        assertThatThrownBy(() -> cartd.open(cart, file(cart, "d/b"))).isInstanceOf(CartException.NotReady.class);
    }

    /** Pacifica Cartd took any text for a hash; an ETag must not have quotes or line breaks in it. */
    @Test
    void aTextThatIsNoHashIsNoEtag() {
        Cart cart = stage(claim(false, "a\"\r\nb"));
        CartFile odd = file(cart, "d/a");
        assertThat(cartd.open(cart, odd).etag()).isEqualTo("file-" + odd.id() + "-3-1");
    }

    @Test
    void aFileThatTheVolumeDoesNotHaveIsNoDamageOfACartInWork() {
        Cart cart = stage(claim(false));
        assertThatThrownBy(() -> cartd.open(cart, file(cart, "d/a")).open(0, 3))
                .isInstanceOf(CartException.Unavailable.class)
                .hasMessage("file d/a is gone from the volume, or has not its size");
        assertThat(cartd.status("uid")).map(Cart::status).contains(CartStatus.STAGING);
    }

    @Test
    void aFileThatIsToBeHashedAgainCannotBeHad() {
        for (Durability durability : List.of(Durability.UNPROVEN, Durability.of("another boot"))) {
            Cart cart = stage(claim(false).with(durability));
            assertThatThrownBy(() -> cartd.open(cart, file(cart, "d/a")))
                    .isInstanceOf(CartException.NotReady.class)
                    .hasMessage("The files of the cart are being hashed again.");
            store.delete("uid");
        }
    }

    @Test
    void aTarThatTheVolumeDoesNotHaveIsNoDamageOfACartInWork() {
        Cart cart = stage(claim(true));
        assertThatThrownBy(() -> cartd.open(cart, file(cart, "d/a")).open(0, 3))
                .isInstanceOf(CartException.Unavailable.class)
                .hasMessage("The tar of the cart is not on the volume now, try again soon.");
        assertThat(cartd.status("uid")).map(Cart::status).contains(CartStatus.STAGING);
    }

    @Test
    void theTopOfATarIsKnownOnceItsNameIs() {
        Cart streamed = claim(false);
        assertThat(cartd.details().top(streamed, "my.tar")).contains("my");
        assertThat(cartd.details().top(streamed, "")).isEmpty();
        store.delete("uid");
        assertThat(cartd.details().top(claim(true), "my.tar")).contains("uid");
    }

    @Test
    void onlyACartThatWaitsForRoomHasAPlace() {
        Cart claim = claim(false);
        assertThat(cartd.details().place(claim)).isEmpty();
        store.space().reserve(claim, List.of(), 77, true, books -> new SpaceStore.Decision.Wait("no room"));
        assertThat(cartd.details().place(claim)).contains(new CartDetails.Place(1, 1, 77));
    }
}
