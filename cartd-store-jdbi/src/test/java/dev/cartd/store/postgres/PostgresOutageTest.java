package dev.cartd.store.postgres;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartRequest;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.Scheduler;
import dev.cartd.store.Database;
import dev.cartd.store.DatabaseConfig;
import dev.cartd.store.EngineConfig;
import dev.cartd.store.PostgresFixture;
import dev.cartd.store.PostgresServer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A server that goes away, hangs, and comes back. */
class PostgresOutageTest {
    private static final Duration SOON = Duration.ofSeconds(7); // five seconds, and what a loaded machine adds
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final EngineConfig ENGINE = new EngineConfig(4, Duration.ofMillis(500));

    @Test
    void aServerThatIsStoppedAndStartedAgain() throws Exception {
        Set<Long> ran = ConcurrentHashMap.newKeySet();
        try (PostgresServer server = PostgresServer.start();
                Database database =
                        Database.open(PostgresFixture.config(server.url("postgres")), InstantSource.system())) {
            database.sync();
            CartStore store = database.store();
            Cart cart = store.add(request("before"), 0);
            try (Scheduler scheduler = database.scheduler(ENGINE)) {
                scheduler.start(number -> {
                    store.claim(number);
                    ran.add(number);
                    return Optional.of(Duration.ofMillis(100));
                });
                scheduler.wake(cart.id());
                await().atMost(PATIENCE).until(() -> ran.contains(cart.id()));

                server.stop();
                unavailable(() -> store.live("before"));
                unavailable(() -> store.add(request("during"), 0));
                scheduler.wake(cart.id());
                server.again();

                await().atMost(PATIENCE)
                        .ignoreException(CartException.Unavailable.class)
                        .until(() -> store.live("before").size() == 1);
                ran.clear();
                long after = store.add(request("after"), 0).id();
                scheduler.wake(after);
                await().atMost(PATIENCE).until(() -> ran.containsAll(List.of(cart.id(), after)));
            }
        }
    }

    @Test
    void aServerThatHangs() throws Exception {
        Postgres place = PostgresFixture.place(PostgresFixture.synced());
        try (Wire wire = new Wire(port(place))) {
            String url = "postgresql://" + place.user() + ":" + place.password() + "@127.0.0.1:" + wire.port() + "/"
                    + place.name();
            try (Database database = Database.open(PostgresFixture.config(url), InstantSource.system())) {
                CartStore store = database.store();
                store.add(request("before"), 0);
                assertThat(store.live("before")).hasSize(1);

                wire.dead(true);
                unavailable(() -> store.live("before"));
                unavailable(() -> store.live("before"));
                wire.dead(false);

                await().atMost(PATIENCE)
                        .ignoreException(CartException.Unavailable.class)
                        .until(() -> store.live("before").size() == 1);
            } finally {
                wire.dead(false);
            }
        }
    }

    @Test
    void aServerThatIsNotThereIsTriedAgainAndAWrongPasswordIsNot() throws Exception {
        assertThatThrownBy(
                        () -> Database.open(patient("postgres://me:geheim@127.0.0.1:1/cart"), InstantSource.system()))
                .isInstanceOf(CartException.Unavailable.class)
                .hasMessageContaining("PostgreSQL 127.0.0.1:1/cart")
                .hasMessageNotContaining("geheim");
        Postgres place = PostgresFixture.place(PostgresFixture.synced());
        String wrong = "postgres://postgres:geheim@" + place.servers() + "/no-such-database";
        assertThatThrownBy(() -> Database.open(
                        DatabaseConfig.of(wrong).withConnectWait(Duration.ofHours(1)), InstantSource.system()))
                .isInstanceOf(CartException.Unavailable.class)
                .hasMessageNotContaining("geheim")
                .hasMessageNotContaining("\n");
    }

    private static int port(Postgres place) {
        return Integer.parseInt(place.servers().substring(place.servers().lastIndexOf(':') + 1));
    }

    private static DatabaseConfig patient(String url) {
        return DatabaseConfig.of(url).withConnectAttempts(3).withConnectWait(Duration.ofMillis(1));
    }

    private static void unavailable(Callable<?> call) {
        long start = System.nanoTime();
        assertThatThrownBy(call::call)
                .isInstanceOf(CartException.Unavailable.class)
                .hasMessageStartingWith("the database (PostgreSQL 127.0.0.1:")
                .hasMessageNotContaining("\n");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
    }

    private static CartRequest request(String uid) {
        return new CartRequest(uid, false, List.of(CartRequest.Item.of("id", "path", "md5", "")));
    }
}
