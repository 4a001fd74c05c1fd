package dev.cartd.store;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.SpaceStore.Decision;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class CartSumsTest {
    private static final Instant THEN = Instant.parse("2026-11-27T02:14:00Z");

    @TempDir
    private Path directory;

    private Instant now = THEN;

    @Test
    void sumUpAnSqliteDatabase() throws IOException {
        sumUp(SqliteFixture.synced(directory));
    }

    @Test
    void sumUpAPostgresDatabase() {
        sumUp(PostgresFixture.synced());
    }

    private void sumUp(DatabaseConfig config) {
        try (Database database = Database.open(config, () -> now)) {
            assertThat(database.sums().carts())
                    .containsEntry(CartStatus.READY, 0L)
                    .hasSize(5);
            assertThat(database.sums().oldest()).isEmpty();
            assertThat(database.sums().queuedSince()).isEmpty();

            CartStore store = database.store();
            add(store, "deleted");
            store.delete("deleted");
            Cart first = claimed(store, "first");
            now = THEN.plusSeconds(60);
            Cart second = claimed(store, "second");
            add(store, "third");
            store.space().reserve(first, List.of(), 5000, false, books -> new Decision.Grant(Set.of()));
            store.space().reserve(second, List.of(), 7000, false, books -> new Decision.Wait("room"));

            CartSums sums = database.sums();
            assertThat(sums.carts())
                    .containsEntry(CartStatus.STAGING, 2L)
                    .containsEntry(CartStatus.WAITING, 1L)
                    .doesNotContainKey(CartStatus.DELETED);
            assertThat(sums.used()).isZero();
            assertThat(sums.reserved()).isEqualTo(5000);
            assertThat(sums.oldest()).contains(THEN);
            assertThat(sums.queued()).isEqualTo(1);
            assertThat(sums.queuedSince()).contains(now);
            assertThat(database.reads().count()).isPositive();
            assertThat(database.writes().took()).isPositive();
            assertThat(database.writes().failures()).isZero();
            assertThat(database.writes().most()).isPositive();
        }
    }

    private static Cart add(CartStore store, String uid) {
        return store.add(new CartRequest(uid, false, List.of(CartRequest.Item.of("a", "a", "md5", "x"))), 0);
    }

    private static Cart claimed(CartStore store, String uid) {
        return store.claim(add(store, uid).id()).orElseThrow();
    }
}
