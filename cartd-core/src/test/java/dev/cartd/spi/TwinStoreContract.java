package dev.cartd.spi;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.FileStatus;
import dev.cartd.spi.SpaceStore.Shared;
import dev.cartd.spi.TwinStore.Twin;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What every {@link TwinStore} promises. */
public abstract class TwinStoreContract extends StoreContract {
    private TwinStore twins;

    /** To be extended by the test of an implementation. */
    protected TwinStoreContract() {}

    @BeforeEach
    final void take() {
        twins = store.twins();
    }

    @Test
    void whatNobodyElseHasHasNoTwin() {
        Cart one = claimed("one", false, "a", "b");
        staged(one, 0);
        Cart other = claimed("other", false, "c");

        assertThat(twins.find(one, files(one))).isEmpty();
        assertThat(twins.find(other, files(other))).isEmpty();
        assertThat(twins.find(other, List.of())).isEmpty();
    }

    @Test
    void aStagedFileOfAnotherCartIsATwin() {
        Cart one = claimed("one", false, "a", "b");
        CartFile theirs = staged(one, 1);
        Cart two = claimed("two", true, "b", "a");

        assertThat(twins.find(two, files(two)))
                .hasSize(1)
                .hasEntrySatisfying(file(two, 0).id(), twin -> {
                    assertThat(twin.cart().id()).isEqualTo(one.id());
                    assertThat(twin.cart().uid()).isEqualTo("one");
                    assertThat(twin.file()).isEqualTo(theirs);
                });
    }

    @Test
    void idTypeAndHashHaveToBeTheSame() {
        Cart one = store.claim(store.add(
                                new CartRequest(
                                        "one",
                                        false,
                                        List.of(
                                                CartRequest.Item.of("a", "0", "md5", MD5),
                                                CartRequest.Item.of("b", "1", "md5", MD5.replace('a', '0')),
                                                CartRequest.Item.of("c", "2", "sha1", MD5))),
                                0)
                        .id())
                .orElseThrow();
        for (int i = 0; i < 3; i++) {
            staged(one, i);
        }
        Cart two = claimed("two", false, "b", "c", "d");

        assertThat(twins.find(two, files(two))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = CartStatus.class,
            names = {"READY", "ERROR"})
    void itMayBeInACartThatIsReadyOrInError(CartStatus status) {
        Cart one = claimed("one", false, "a");
        staged(one, 0);
        become(one, status);
        Cart two = claimed("two", false, "a");

        assertThat(twins.find(two, files(two)).values())
                .singleElement()
                .satisfies(twin -> assertThat(twin.cart().status()).isEqualTo(status));
    }

    @Test
    void whatWasDeletedIsNoTwin() {
        Cart one = claimed("one", false, "a");
        CartFile theirs = staged(one, 0);
        Cart two = claimed("two", false, "a");
        store.delete("one");

        assertThat(twins.find(two, files(two))).isEmpty();
        assertThat(twins.share(two, Map.of(file(two, 0).id(), theirs.id()))).isEmpty();
    }

    @Test
    void whatIsPulledUnderALiveLeaseIsATwin() {
        Cart one = claimed("one", false, "a", "b");
        asked(one, 0);
        asked(one, 1);
        assertThat(twins.begin(one, List.of(file(one, 0)), now.plusSeconds(15))).contains(Map.of());
        Cart two = claimed("two", false, "a", "b");

        Map<Long, Twin> found = twins.find(two, files(two));
        assertThat(found)
                .hasSize(1)
                .hasEntrySatisfying(
                        file(two, 0).id(),
                        twin -> assertThat(twin.file().status().word()).isEqualTo("staging"));
        assertThat(twins.begin(two, files(two), now.plusSeconds(15))).contains(found);
        asked(two, 1);
        assertThat(twins.find(one, files(one)))
                .as("what the other took")
                .containsOnlyKeys(file(one, 1).id());
    }

    @Test
    void aPullEndsWithItsLease() {
        Cart one = claimed("one", false, "a");
        asked(one, 0);
        twins.begin(one, files(one), now.plusSeconds(15));
        Cart two = claimed("two", false, "a");
        now = now.plusSeconds(14);
        assertThat(twins.find(two, files(two))).hasSize(1);
        twins.begin(one, List.of(), now.plusSeconds(15));
        now = now.plusSeconds(14);
        assertThat(twins.find(two, files(two))).as("renewed").hasSize(1);
        now = now.plusSeconds(1);
        assertThat(twins.find(two, files(two))).isEmpty();
    }

    @Test
    void aPullEndsWhenItSaysSo() {
        Cart one = claimed("one", false, "a");
        asked(one, 0);
        twins.begin(one, files(one), now.plusSeconds(15));
        Cart two = claimed("two", false, "a");
        twins.begin(one, List.of(), Instant.EPOCH);

        assertThat(twins.begin(two, files(two), now.plusSeconds(15))).contains(Map.of());
    }

    @Test
    void aPullEndsWhenItsCartIsClaimedAgainOrLeavesWork() {
        Cart one = claimed("one", false, "a");
        asked(one, 0);
        Cart two = claimed("two", false, "a");
        twins.begin(one, files(one), now.plusSeconds(15));
        Cart again = store.claim(one.id()).orElseThrow();
        assertThat(twins.find(two, files(two))).isEmpty();
        assertThat(twins.begin(one, files(one), now.plusSeconds(15))).isEmpty();
        twins.begin(again, files(one), now.plusSeconds(15));
        assertThat(twins.find(two, files(two))).hasSize(1);
        store.move(again, CartStatus.ERROR, "no", "");
        assertThat(twins.find(two, files(two))).isEmpty();
    }

    @Test
    void oneOfSeveralPulls() {
        List<Cart> claims = IntStream.range(0, 5)
                .mapToObj(i -> claimed("cart-" + i, false, "a", "b", "c"))
                .toList();
        claims.forEach(claim -> IntStream.range(0, 3).forEach(i -> asked(claim, i)));

        long pulled = claims.parallelStream()
                .mapToLong(claim -> 3
                        - twins.begin(claim, files(claim), now.plusSeconds(15))
                                .orElseThrow()
                                .size())
                .sum();

        assertThat(pulled).isEqualTo(3);
    }

    @Test
    void whatIsStagedIsBetterThanWhatIsBeingPulled() {
        Cart one = claimed("one", false, "a");
        asked(one, 0);
        twins.begin(one, files(one), now.plusSeconds(15));
        Cart bundle = claimed("bundle", true, "a");
        staged(bundle, 0);
        Cart two = claimed("two", false, "a");
        assertThat(twins.find(two, files(two)).values())
                .extracting(twin -> twin.cart().id())
                .containsExactly(bundle.id());
        Cart tree = claimed("tree", false, "a");
        staged(tree, 0);
        assertThat(twins.find(two, files(two)).values())
                .as("a tree's file can be linked")
                .extracting(twin -> twin.cart().id())
                .containsExactly(tree.id());
    }

    @Test
    void whatIsSharedCountsOnceUntilTheLastGoes() {
        Cart one = claimed("one", false, "a", "b");
        CartFile theirs = staged(one, 0);
        store.record(one.holding(50), List.of());
        Cart two = claimed("two", false, "a");
        Cart three = claimed("three", false, "a");

        assertThat(twins.share(two, Map.of(file(two, 0).id(), theirs.id())))
                .containsExactly(file(two, 0).id());
        store.record(two, List.of(seen(file(two, 0)).linked()));
        assertThat(twins.share(three, Map.of(file(three, 0).id(), file(two, 0).id())))
                .containsExactly(file(three, 0).id());
        store.record(three, List.of(seen(file(three, 0)).linked()));

        assertThat(file(two, 0).shared()).isTrue();
        assertThat(file(one, 0).shared()).isFalse();
        assertThat(store.space().shared())
                .containsExactly(new Shared(one.id(), Set.of(one.id(), two.id(), three.id()), 8192));
        assertThat(books().used()).isEqualTo(50);

        remove("one");
        assertThat(store.space().shared()).containsExactly(new Shared(0, Set.of(two.id(), three.id()), 8192));
        assertThat(books().used()).isEqualTo(8192);
        remove("three");
        remove("two");
        assertThat(store.space().shared()).isEmpty();
        assertThat(books().used()).isZero();
    }

    @Test
    void whatIsLostSharesNothing() {
        Cart one = claimed("one", false, "a");
        CartFile theirs = staged(one, 0);
        Cart two = claimed("two", false, "a");
        twins.share(two, Map.of(file(two, 0).id(), theirs.id()));
        store.record(two, List.of(seen(file(two, 0)).linked()));
        store.record(one, List.of(theirs.lost()));
        assertThat(store.space().shared()).containsExactly(new Shared(0, Set.of(two.id()), 8192));

        store.record(two, List.of(file(two, 0).lost()));

        assertThat(store.space().shared()).isEmpty();
        assertThat(file(two, 0).shared()).isFalse();
    }

    @Test
    void whatWasLostAndComesBackFromAnotherIsNotOwned() {
        Cart one = claimed("one", false, "a");
        CartFile theirs = staged(one, 0);
        Cart two = claimed("two", false, "a");
        twins.share(two, Map.of(file(two, 0).id(), theirs.id()));
        store.record(two, List.of(seen(file(two, 0)).linked()));
        store.record(one, List.of(theirs.lost()));

        twins.share(one, Map.of(theirs.id(), file(two, 0).id()));
        store.record(one, List.of(seen(file(one, 0)).linked()));

        assertThat(file(one, 0).shared()).isTrue();
        assertThat(store.space().shared()).containsExactly(new Shared(0, Set.of(one.id(), two.id()), 8192));
        assertThat(books().used()).isEqualTo(8192);
    }

    @Test
    void whatIsPulledAfterAllSharesNothing() {
        Cart one = claimed("one", false, "a");
        CartFile theirs = staged(one, 0);
        Cart two = claimed("two", false, "a");
        twins.share(two, Map.of(file(two, 0).id(), theirs.id()));
        store.record(two, List.of(seen(file(two, 0)).staged()));

        assertThat(file(two, 0).shared()).isFalse();
        assertThat(store.space().shared()).allMatch(shared -> shared.carts().equals(Set.of(one.id())));
    }

    @Test
    void anOldClaimSharesNothing() {
        Cart one = claimed("one", false, "a");
        CartFile theirs = staged(one, 0);
        Cart two = claimed("two", false, "a");
        store.claim(two.id());

        assertThat(twins.share(two, Map.of(file(two, 0).id(), theirs.id()))).isEmpty();
        assertThat(store.space().shared()).isEmpty();
    }

    @Test
    void thousandsAreFoundAtOnce() {
        String[] ids = IntStream.range(0, 3000).mapToObj(i -> "id-" + i).toArray(String[]::new);
        Cart one = claimed("one", false, ids);
        store.record(one, files(one).stream().map(file -> seen(file).staged()).toList());
        Cart two = claimed("two", false, ids);

        assertThat(twins.find(two, files(two))).hasSize(3000);
    }

    private static CartFile seen(CartFile file) {
        CartFile asked = file.status() == FileStatus.STAGING ? file : file.asked(1);
        return asked.seen(10, 20, true);
    }

    private void asked(Cart claim, int index) {
        store.record(claim, List.of(seen(file(claim, index))));
    }

    private CartFile staged(Cart claim, int index) {
        store.record(claim, List.of(seen(file(claim, index)).staged()));
        return file(claim, index);
    }

    private void become(Cart claim, CartStatus status) {
        if (status == CartStatus.READY) {
            store.move(claim, CartStatus.BUNDLING, "", "");
        }
        store.move(store.live(claim.uid()).get(0), status, "", "");
    }

    private void remove(String uid) {
        long cart = store.delete(uid).get(0);
        store.claim(cart);
        store.removed(cart);
    }

    private List<CartFile> files(Cart cart) {
        return store.files(cart.id());
    }

    private CartFile file(Cart cart, int index) {
        return files(cart).get(index);
    }

    private Cart claimed(String uid, boolean bundle, String... ids) {
        List<CartRequest.Item> items = IntStream.range(0, ids.length)
                .mapToObj(i -> CartRequest.Item.of(ids[i], "d/" + i, "md5", MD5))
                .toList();
        return store.claim(store.add(new CartRequest(uid, bundle, items), 0).id())
                .orElseThrow();
    }
}
