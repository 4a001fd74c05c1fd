package dev.cartd.store;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.SpaceStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Two programs and many threads on one SQLite file: nobody is told that it is busy, nothing is lost. */
class SqliteStressTest {
    private static final int THREADS = 6;
    private static final int ROUNDS = 15;
    private static final int FILES = 50;

    @TempDir
    private Path directory;

    @Test
    void nobodyIsTurnedAway() throws Exception {
        DatabaseConfig config = SqliteFixture.synced(directory);
        ExecutorService pool = Executors.newFixedThreadPool(2 * THREADS);
        try (Database one = Database.open(config, InstantSource.system());
                Database two = Database.open(config, InstantSource.system())) {
            List<Future<?>> futures = new ArrayList<>();
            long start = System.nanoTime();
            for (int thread = 0; thread < 2 * THREADS; thread++) {
                String name = "t" + thread;
                CartStore store = (thread % 2 == 0 ? one : two).store();
                futures.add(pool.submit(
                        () -> IntStream.range(0, ROUNDS).forEach(round -> live(store, name + "-" + round))));
            }
            for (Future<?> future : futures) {
                future.get(100, TimeUnit.SECONDS);
            }
            System.err.printf(
                    "%d carts from POST to ready and deleted in %d ms%n",
                    2 * THREADS * ROUNDS,
                    Duration.ofNanos(System.nanoTime() - start).toMillis());
        } finally {
            pool.shutdownNow();
        }
        assertThat(
                        SqliteFixture.rows(
                                config,
                                "select count(*) as n, max(id) as last, sum(leftovers) as left from cart where status = 'deleted'"))
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("n", 2 * THREADS * ROUNDS)
                        .containsEntry("last", 2 * THREADS * ROUNDS)
                        .containsEntry("left", 0));
        assertThat(SqliteFixture.rows(config, "select count(*) as n from file where status = 'staged'"))
                .singleElement()
                .satisfies(row -> assertThat(row).containsEntry("n", 2 * THREADS * ROUNDS * FILES));
    }

    private static void live(CartStore store, String uid) {
        Cart added = store.add(request(uid), 0);
        Cart claim = store.claim(added.id()).orElseThrow();
        assertThat(store.space().reserve(claim, List.of(), 10, true, books -> new SpaceStore.Decision.Grant(Set.of())))
                .isEqualTo(SpaceStore.ReserveResult.RESERVED);
        for (CartFile file : store.files(claim.id())) {
            assertThat(store.record(
                            claim, List.of(file.asked(1).seen(1, 1, true).staged())))
                    .isTrue();
        }
        Cart.Progress progress = new Cart.Progress(FILES, FILES, FILES, FILES);
        assertThat(store.record(claim.with(progress), List.of())).isTrue();
        assertThat(store.move(claim, CartStatus.BUNDLING, "", "")).isTrue();
        assertThat(store.move(store.live(uid).get(0), CartStatus.READY, "", "/srv/" + uid))
                .isTrue();
        assertThat(store.delete(uid)).containsExactly(added.id());
        store.removed(added.id());
    }

    private static CartRequest request(String uid) {
        return new CartRequest(
                uid,
                false,
                IntStream.range(0, FILES)
                        .mapToObj(i -> CartRequest.Item.of("id-" + i, "p/" + i, "md5", ""))
                        .toList());
    }
}
