package dev.cartd.store.access;

import dev.cartd.cart.CartRequest;
import dev.cartd.spi.CartOwners;
import dev.cartd.spi.CartOwnersContract;
import dev.cartd.spi.CartStore;
import dev.cartd.store.OneDatabase;
import dev.cartd.store.SqliteFixture;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class SqliteCartOwnersTest extends CartOwnersContract {
    @TempDir
    private Path directory;

    private volatile Duration passed = Duration.ZERO;

    @RegisterExtension
    private final OneDatabase opened = new OneDatabase();

    @Override
    protected CartStore open(InstantSource clock) throws IOException {
        return opened.open(
                SqliteFixture.synced(directory), () -> clock.instant().plus(passed));
    }

    @Override
    protected CartOwners owners(CartStore store) {
        return opened.database().owners();
    }

    @Test
    void forgetsTheOwnerAndTheKeyWithTheLastCartOfAUid() {
        CartOwners owners = opened.database().owners();
        CartStore store = opened.database().store();
        assertThat(owners.claim("one", "alice")).isTrue();
        assertThat(owners.linkKey("one", "k")).isEqualTo("k");
        forget(store, "one", add(store, "one"));
        assertThat(owners.owner("one")).isEmpty();
        assertThat(owners.linkKey("one")).isEmpty();

        owners.claim("two", "alice");
        long old = add(store, "two");
        store.delete("two");
        long newer = add(store, "two");
        store.removed(old);
        forgetDeleted(store);
        assertThat(owners.owner("two")).contains("alice");
        forget(store, "two", newer);
        assertThat(owners.owner("two")).isEmpty();
    }

    private static long add(CartStore store, String uid) {
        CartRequest.Item item = CartRequest.Item.of("a", "a", "md5", "acbd18db4cc2f85cedef654fccc4a4d8");
        return store.add(new CartRequest(uid, false, List.of(item)), 0).id();
    }

    private void forget(CartStore store, String uid, long cart) {
        store.delete(uid);
        store.removed(cart);
        forgetDeleted(store);
    }

    private void forgetDeleted(CartStore store) {
        Instant before = Instant.parse("2026-11-25T12:00:00.123Z").plus(passed).plusSeconds(1);
        passed = passed.plusDays(1);
        assertThat(store.forget(before)).isEqualTo(1);
    }
}
