package dev.cartd.spi;

import dev.cartd.cart.CartRequest;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What all {@link CartOwners} promise. */
public abstract class CartOwnersContract extends StoreContract {
    private static final List<String> UIDS = List.of("one", "../ü x", "a'; --");

    private CartOwners owners;

    /** To be extended by the test of an implementation. */
    protected CartOwnersContract() {}

    /** The owners of the carts of the store that was opened. */
    protected abstract CartOwners owners(CartStore store);

    @BeforeEach
    void open() {
        owners = owners(store);
    }

    private void add(String uid) {
        store.add(new CartRequest(uid, false, List.of(CartRequest.Item.of("a", "a", "md5", MD5))), 0);
    }

    @Test
    void aUidIsFreeUntilSomebodyClaimsIt() {
        for (String uid : UIDS) {
            assertThat(owners.owner(uid)).isEmpty();
            assertThat(owners.claim(uid, "alice")).isTrue();
            assertThat(owners.owner(uid)).contains("alice");
            assertThat(owners.claim(uid, "alice")).isTrue();
            assertThat(owners.claim(uid, "bob")).isFalse();
            assertThat(owners.owner(uid)).contains("alice");
        }
        assertThat(owners.owner("other")).isEmpty();
    }

    @Test
    void cartsOfNobodyCannotBeClaimed() {
        add("one");
        assertThat(owners.owner("one")).contains(CartOwners.NOBODY);
        assertThat(owners.claim("one", "alice")).isFalse();
        assertThat(owners.owner("one")).contains(CartOwners.NOBODY);
        store.delete("one");
        assertThat(owners.claim("one", "alice")).isTrue();
        assertThat(owners.owner("one")).contains("alice");
    }

    @Test
    void theOwnerStaysWhileTheStoreKnowsTheUid() {
        owners.claim("one", "alice");
        add("one");
        store.delete("one");
        assertThat(owners.owner("one")).contains("alice");
        assertThat(owners.claim("one", "bob")).isFalse();
        add("one");
        assertThat(owners.owner("one")).contains("alice");
        long first = store.live("one").get(0).id();
        store.delete("one");
        store.removed(first);
        now = now.plus(Duration.ofDays(9));
        store.forget(now.minusSeconds(1));
        assertThat(owners.claim("two", "bob")).isTrue();
        assertThat(owners.owner("two")).contains("bob");
    }

    @Test
    void ofManyWhoClaimAtOnceOneIsTheOwner() {
        Set<String> won = ConcurrentHashMap.newKeySet();
        IntStream.range(0, 20).parallel().forEach(i -> {
            if (owners.claim("one", "name-" + i)) {
                won.add("name-" + i);
            }
        });
        assertThat(won).hasSize(1).contains(owners.owner("one").orElseThrow());
    }

    @Test
    void theFirstKeyOfLinksStaysUntilTheyEnd() {
        for (String uid : UIDS) {
            add("one");
            assertThat(owners.linkKey(uid)).isEmpty();
            assertThat(owners.endLinks(uid)).isFalse();
            assertThat(owners.linkKey(uid, "k1")).isEqualTo("k1");
            assertThat(owners.linkKey(uid, "k2")).isEqualTo("k1");
            assertThat(owners.linkKey(uid)).contains("k1");
            assertThat(owners.endLinks(uid)).isTrue();
            assertThat(owners.linkKey(uid)).isEmpty();
            assertThat(owners.linkKey(uid, "k3")).isEqualTo("k3");
        }
    }

    @Test
    void keysAndOwnersDoNotTouchEachOther() {
        owners.linkKey("one", "k");
        assertThat(owners.owner("one")).isEmpty();
        assertThat(owners.claim("one", "alice")).isTrue();
        assertThat(owners.linkKey("one")).contains("k");
        owners.endLinks("one");
        assertThat(owners.owner("one")).contains("alice");
    }
}
