package dev.cartd.cart;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CartRequestTest {
    private static final String MD5 = "ac59bb32dac432674dd6e620a6b35ff3";

    @ParameterizedTest
    @ValueSource(
            strings = {"36", "my_cart", "A.b~c-d", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"})
    void takesUids(String uid) {
        assertThat(request(uid, item("a", "p")).uid()).isEqualTo(uid);
        assertThat(request("a" + "b".repeat(199), item("a", "p")).uid()).hasSize(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", ".a", "-", "_x", "a b", "a/b", "ü", "a\n", "a%2f"})
    void refusesUids(String uid) {
        assertThatThrownBy(() -> request(uid, item("a", "p")))
                .isInstanceOf(CartException.Invalid.class)
                .hasMessageStartingWith("uid: ")
                .hasMessageNotContaining("\n");
        assertThatThrownBy(() -> request("a" + "b".repeat(200), item("a", "p"))).hasMessageStartingWith("uid: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\0", "a//b", "/a", "a/", "..", "a/../b", "./a", "\ud800"})
    void refusesIds(String id) {
        assertThatThrownBy(() -> item(id, "p"))
                .isInstanceOf(CartException.Invalid.class)
                .hasMessageStartingWith("id: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"12345", "a b", "a?b#c%2e", "..a", "日本", "a;b@c:d", "a\\b"})
    void takesIds(String id) {
        assertThat(item(id, "p").archiveId()).isEqualTo(id);
        assertThat(item("ü".repeat(512), "p").archiveId()).hasSize(512);
        assertThatThrownBy(() -> item("ü".repeat(513), "p")).hasMessage("id: is longer than 1024 bytes");
    }

    @Test
    void anEmptyListIsRefused() {
        assertThatThrownBy(() -> request("a")).hasMessage("fileids: is empty");
    }

    @Test
    void equalItemsCountOnceAndUnequalOnesOfOnePathAreRefused() {
        assertThat(request("a", item("x", "p/q"), item("x", "/p//q")).items()).hasSize(1);
        assertThatThrownBy(() -> request("a", item("x", "p"), item("z", "o"), item("y", "./p")))
                .hasMessage("fileids[2].path: p is also the path of fileids[0]");
    }

    @Test
    void aPathThatIsADirectoryOfAnotherIsRefused() {
        assertThatThrownBy(() -> request("a", item("x", "p/q/r"), item("y", "p/q")))
                .hasMessage("fileids[1].path: p/q is also a directory of fileids[0]");
        assertThat(request("a", item("x", "p/q.r"), item("y", "p/q")).items()).hasSize(2);
    }

    @Test
    void contentIsTheSetWhateverTheOrderAndTheCase() {
        List<CartRequest.Item> items = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            items.add(item("id" + i, "p/" + i));
        }
        CartRequest one = new CartRequest("a", false, items);
        Collections.shuffle(items, new Random(7));
        assertThat(new CartRequest("b", false, items).content()).isEqualTo(one.content());
        assertThat(new CartRequest("a", true, items).content()).isNotEqualTo(one.content());
        items.set(
                0,
                new CartRequest.Item(
                        items.get(0).archiveId(),
                        items.get(0).path(),
                        new Checksum("MD5", MD5.toUpperCase(java.util.Locale.ROOT))));
        assertThat(new CartRequest("a", false, items).content()).isEqualTo(one.content());
        items.set(0, item("other", items.get(0).path().value()));
        assertThat(new CartRequest("a", false, items).content()).isNotEqualTo(one.content());
    }

    @Test
    void contentCannotBeForgedByTextsThatRunTogether() {
        CartRequest one = request("a", CartRequest.Item.of("b", "a", "md5", "x\ny"));
        CartRequest other = request("a", CartRequest.Item.of("b", "a", "md5\nx", "y"));
        assertThat(one.content()).isNotEqualTo(other.content());
    }

    private static CartRequest request(String uid, CartRequest.Item... items) {
        return new CartRequest(uid, false, List.of(items));
    }

    private static CartRequest.Item item(String id, String path) {
        return CartRequest.Item.of(id, path, "md5", MD5);
    }
}
