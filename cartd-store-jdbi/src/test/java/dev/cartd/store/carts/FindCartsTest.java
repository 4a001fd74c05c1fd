package dev.cartd.store.carts;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartStatus;
import dev.cartd.store.PostgresFixture;
import dev.cartd.store.SqliteFixture;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.ProgressHandler;

import static org.assertj.core.api.Assertions.assertThat;

/** What it costs to find a few carts among very many, and carts in states that nobody knows. */
class FindCartsTest {
    private static final String CARTS = """
            insert into cart (id, cart_uid, bundle_path, bundle, creation_date, updated_date, status, error, file_count,
                staged_count)
                with recursive n (i) as (select %d union all select i + 1 from n where i < %d)
                select i, '%s' || i, '', null, '2026-12-01 12:00:00', '2026-12-01 12:00:00', '%s', '', 1, 1 from n""";
    private static final Set<CartStatus> ERROR = Set.of(CartStatus.ERROR);
    private static final Set<CartStatus> IN_WORK = Set.of(CartStatus.WAITING, CartStatus.STAGING, CartStatus.BUNDLING);

    @TempDir
    private Path directory;

    @Test
    void failedCartsAreFoundAmongManyReadyOnes() throws Exception {
        in(false, handle -> {
            few(handle);
            many(handle);
            assertThat(instructions(handle, () -> find(handle, ERROR, ""), 4)).isLessThan(5_000);
            assertThat(instructions(handle, () -> find(handle, IN_WORK, ""), 3)).isLessThan(5_000);
            // The index of the uids is read as a whole, and no row of a cart that does not match.
            assertThat(instructions(handle, () -> find(handle, Set.of(), "early-2"), 1))
                    .isLessThan(600_000);
            assertThat(plan(handle, "early-2"))
                    .anyMatch(line -> line.contains("COVERING INDEX cart_by_uid"))
                    .noneMatch(line -> line.startsWith("SCAN cart") && !line.contains("COVERING"));
        });
    }

    @Test
    void unknownStatesAreErrors() throws Exception {
        for (boolean postgres : new boolean[] {false, true}) {
            in(postgres, handle -> {
                few(handle);
                int id = 10;
                for (String status : List.of("aaa", "cancelled", "dead", "fresh", "stage", "w", "zzz", "", "ERROR")) {
                    handle.execute(CARTS.formatted(id, id, "odd-", status));
                    id++;
                }
                handle.execute("update cart set deleted_date = '2026-12-01 12:00:00' where id = 18");
                assertThat(find(handle, ERROR, ""))
                        .extracting(Cart::id)
                        .containsExactly(17L, 16L, 15L, 14L, 13L, 12L, 11L, 10L, 4L, 3L, 2L, 1L);
                assertThat(find(handle, ERROR, "odd-")).hasSize(8);
                assertThat(find(handle, Set.of(CartStatus.READY), "odd-")).isEmpty();
            });
        }
    }

    /** Carts 1 to 4 are in error, 5 to 7 in work. */
    private static void few(Handle handle) {
        handle.execute(CARTS.formatted(1, 4, "early-", "error"));
        handle.execute(CARTS.formatted(5, 7, "early-", "staging"));
    }

    private static void many(Handle handle) {
        handle.execute(CARTS.formatted(1_001, 51_000, "run-", "ready"));
    }

    private static List<Cart> find(Handle handle, Set<CartStatus> states, String part) {
        return FindCarts.run(handle, states, part, Long.MAX_VALUE, 100);
    }

    private interface Use {
        void of(Handle handle) throws SQLException;
    }

    private void in(boolean postgres, Use use) throws Exception {
        Jdbi raw = postgres
                ? PostgresFixture.raw(PostgresFixture.synced())
                : SqliteFixture.raw(SqliteFixture.synced(directory));
        raw.<SQLException>useTransaction(use::of);
    }

    /** Of SQLite's virtual machine, which runs some ten for each row that it reads. */
    private static long instructions(Handle handle, Supplier<List<Cart>> search, int carts) throws SQLException {
        AtomicLong count = new AtomicLong();
        ProgressHandler.setHandler(handle.getConnection(), 1, new ProgressHandler() {
            @Override
            protected int progress() {
                count.incrementAndGet();
                return 0;
            }
        });
        try {
            assertThat(search.get()).hasSize(carts);
        } finally {
            ProgressHandler.clearHandler(handle.getConnection());
        }
        return count.get();
    }

    private static List<String> plan(Handle handle, String part) {
        return handle.createQuery("explain query plan " + FindCarts.sql(Set.of(), part))
                .bind("below", Long.MAX_VALUE)
                .bind("most", 100)
                .bind("part", part)
                .map((row, context) -> row.getString("detail"))
                .list();
    }
}
