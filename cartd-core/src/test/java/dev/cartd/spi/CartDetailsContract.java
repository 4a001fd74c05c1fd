package dev.cartd.spi;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartRequest.Item;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.FileCounts;
import dev.cartd.cart.FileStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What every {@link CartStore} promises to those who only look: pages of files, counts, and carts that are gone. */
public abstract class CartDetailsContract extends StoreContract {
    private static final Optional<FileStatus> ANY = Optional.empty();
    private static final String SHA1 = "0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33";

    /** To be extended by the test of an implementation. */
    protected CartDetailsContract() {}

    @Test
    void filesComeInPages() {
        add("other", 3);
        Cart cart = add("one", 7);
        add("another", 3);

        List<CartFile> seen = new ArrayList<>();
        for (List<CartFile> page = store.files(cart.id(), 0, ANY, 3);
                !page.isEmpty();
                page = store.files(cart.id(), seen.get(seen.size() - 1).id(), ANY, 3)) {
            assertThat(page).hasSizeLessThanOrEqualTo(3);
            seen.addAll(page);
        }

        assertThat(seen).isEqualTo(store.files(cart.id())).hasSize(7);
        assertThat(store.files(cart.id(), 0, ANY, 0)).isEmpty();
        assertThat(store.files(4711, 0, ANY, 5)).isEmpty();
    }

    @Test
    void aPageMayBeOfOneState() {
        Cart claim = claim(add("one", 6));
        List<CartFile> files = store.files(claim.id());
        CartFile staged = staged(files.get(1));
        CartFile failed = files.get(4).failed("no");
        store.record(claim, List.of(staged, failed));

        assertThat(store.files(claim.id(), 0, Optional.of(FileStatus.STAGED), 5))
                .containsExactly(staged);
        assertThat(store.files(claim.id(), 0, Optional.of(FileStatus.ERROR), 5)).containsExactly(failed);
        assertThat(store.files(claim.id(), 0, Optional.of(FileStatus.WAITING), 2))
                .containsExactly(files.get(0), files.get(2));
        assertThat(store.files(claim.id(), files.get(2).id(), Optional.of(FileStatus.WAITING), 5))
                .containsExactly(files.get(3), files.get(5));
        assertThat(store.files(claim.id(), staged.id(), Optional.of(FileStatus.STAGED), 5))
                .isEmpty();
    }

    @Test
    void filesAreCounted() {
        List<Item> items = List.of(
                Item.of("0", "0", "md5", MD5),
                Item.of("1", "1", "SHA-1", SHA1),
                Item.of("2", "2", "md5", MD5),
                Item.of("3", "3", "md5", MD5),
                Item.of("4", "4", "md5", MD5),
                Item.of("5", "5", "crc", "0"));
        Cart claim = claim(store.add(new CartRequest("one", false, items), 0));
        List<CartFile> files = store.files(claim.id());
        CartFile onTape = files.get(1).asked(1).seen(5, 1, false);
        CartFile onDisk = files.get(2).asked(1).seen(5, 1, true);
        CartFile expected = files.get(3).expected();
        store.record(
                claim,
                List.of(
                        staged(files.get(0)),
                        onTape,
                        onDisk,
                        expected,
                        files.get(5).failed("no")));

        assertThat(store.counts(claim.id())).isEqualTo(new FileCounts(1, 3, 1, 1, 1, Set.of("md5", "sha1")));
        assertThat(store.counts(4711)).isEqualTo(FileCounts.NONE);
    }

    @Test
    void theLastDeletedCartOfAUidIsRemembered() {
        add("one", 1);
        store.delete("one");
        now = now.plus(Duration.ofHours(1));
        long second = add("one", 1).id();
        add("other", 1);
        assertThat(store.deleted("other")).isEmpty();
        store.delete("one");
        store.delete("other");
        add("one", 1);

        assertThat(store.deleted("one")).hasValueSatisfying(gone -> {
            assertThat(gone.id()).isEqualTo(second);
            assertThat(gone.updated()).isEqualTo(now);
        });
        assertThat(store.deleted("on_")).isEmpty();
        assertThat(store.deleted("one\0")).isEmpty();
    }

    @Test
    void cartsAreFoundByTheirStatesAndAPartOfTheirUid() {
        Cart waiting = add("run-1", 1);
        Cart staging = claim(add("run-2", 1));
        Cart failed = claim(add("other-run-1", 1));
        store.move(failed, CartStatus.ERROR, "no", "");
        Cart failedToo = claim(add("RUN-1", 1));
        store.move(failedToo, CartStatus.ERROR, "no", "");
        add("run-1-gone", 1);
        store.delete("run-1-gone");
        Cart newest = add("run_1", 1);

        assertThat(found(Set.of(), "", Long.MAX_VALUE, 9))
                .containsExactly(newest.id(), failedToo.id(), failed.id(), staging.id(), waiting.id());
        assertThat(found(Set.of(CartStatus.ERROR), "", Long.MAX_VALUE, 9)).containsExactly(failedToo.id(), failed.id());
        assertThat(found(Set.of(CartStatus.ERROR), "", failedToo.id(), 9)).containsExactly(failed.id());
        assertThat(found(Set.of(CartStatus.WAITING, CartStatus.STAGING, CartStatus.BUNDLING), "", Long.MAX_VALUE, 2))
                .containsExactly(newest.id(), staging.id());
        assertThat(found(Set.of(), "run-1", Long.MAX_VALUE, 9)).containsExactly(failed.id(), waiting.id());
        assertThat(found(Set.of(), "run-1", failed.id(), 9)).containsExactly(waiting.id());
        assertThat(found(Set.of(), "run-1", Long.MAX_VALUE, 1)).containsExactly(failed.id());
        assertThat(found(Set.of(CartStatus.WAITING), "run-1", Long.MAX_VALUE, 9))
                .containsExactly(waiting.id());
        assertThat(found(Set.of(CartStatus.ERROR), "run-2", Long.MAX_VALUE, 9)).isEmpty();
        assertThat(found(Set.of(), "_1", Long.MAX_VALUE, 9)).containsExactly(newest.id());
        assertThat(found(Set.of(), "run%", Long.MAX_VALUE, 9)).isEmpty();
        assertThat(found(Set.of(), "run\0", Long.MAX_VALUE, 9)).isEmpty();
        assertThat(found(Set.of(CartStatus.DELETED), "", Long.MAX_VALUE, 9)).isEmpty();
        assertThat(found(Set.of(), "", Long.MAX_VALUE, 0)).isEmpty();
        assertThat(store.find(Set.of(CartStatus.WAITING), "", Long.MAX_VALUE, 1))
                .containsExactly(newest);
    }

    private List<Long> found(Set<CartStatus> states, String part, long below, int most) {
        return store.find(states, part, below, most).stream().map(Cart::id).toList();
    }

    private static CartFile staged(CartFile file) {
        return file.asked(1).seen(5, 1, true).staged();
    }

    private Cart claim(Cart cart) {
        return store.claim(cart.id()).orElseThrow();
    }

    private Cart add(String uid, int files) {
        List<Item> items = IntStream.range(0, files)
                .mapToObj(i -> Item.of("id-" + i, "d/" + i, "md5", MD5))
                .toList();
        return store.add(new CartRequest(uid, false, items), 0);
    }
}
