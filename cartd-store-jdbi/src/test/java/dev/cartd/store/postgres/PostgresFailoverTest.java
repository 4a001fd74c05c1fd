package dev.cartd.store.postgres;

import ch.qos.logback.classic.Level;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartRequest;
import dev.cartd.spi.CartStore;
import dev.cartd.store.Database;
import dev.cartd.store.Logged;
import dev.cartd.store.PostgresFixture;
import dev.cartd.store.PostgresServer;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A database that becomes read-only under the connections to it, and a second server that takes over. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PostgresFailoverTest {
    /** Long before a pool gives up a connection by itself, half an hour after it was made. */
    private static final Duration SOON = Duration.ofSeconds(60);

    private static PostgresServer primary;
    private static PostgresServer standby;

    @BeforeAll
    static void start() throws IOException {
        primary = PostgresServer.start();
        try (Database database = open(primary.url("postgres"))) {
            database.sync();
        }
        standby = primary.standby();
    }

    @AfterAll
    static void stop() {
        standby.close();
        primary.close();
    }

    @Test
    @Order(1)
    void connectionsThatWereMadeWhileTheDatabaseWasReadOnlyAreThrownAway() throws Exception {
        try (Database database = open(primary.url("postgres"));
                Logged log = new Logged("dev.cartd.store")) {
            CartStore store = database.store();
            store.add(request("before"), 0);

            readOnly();
            await().atMost(SOON).untilAsserted(() -> assertReadOnly(store));
            assertReadOnly(store);
            assertThat(store.live("before")).hasSize(1);
            primary.execute("template1", "alter database postgres reset default_transaction_read_only");

            awaitWritable(store, "after");
            await().untilAsserted(() ->
                    assertThat(log.lines(Level.INFO, ") is back after ")).hasSize(1));
            assertThat(log.lines(Level.WARN, "")).singleElement().asString().contains(") cannot be used since ");
        }
    }

    /** For sessions that begin from now on; the others are ended. */
    private static void readOnly() throws SQLException {
        // From another database, which stays as it is.
        primary.execute("template1", "alter database postgres set default_transaction_read_only = on");
        primary.execute(
                "template1", "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'postgres'");
    }

    private static void assertReadOnly(CartStore store) {
        assertThatThrownBy(() -> store.add(request("during"), 0))
                .isInstanceOf(CartException.Unavailable.class)
                .hasMessageContaining("UTC: it is read-only now");
    }

    @Test
    @Order(2)
    void ofSeveralServersThePrimaryOneIsTaken() throws Exception {
        try (Database database = open(both())) {
            awaitWritable(database.store(), "primary");
            assertThat(database.store().live("primary")).hasSize(1);
        }
    }

    @Test
    @Order(3)
    void whatAnAddressLeadsToMayChange() throws Exception {
        try (Wire address = new Wire(primary.port())) {
            String url = primary.url("postgres").replace(":" + primary.port(), ":" + address.port());
            try (Database database = open(url);
                    Database many = open(both())) {
                CartStore store = database.store();
                store.add(request("one"), 0);
                many.store().add(request("many"), 0);
                long replayed = primary.count("postgres", "select pg_current_wal_insert_lsn() - '0/0'");
                await().atMost(SOON)
                        .until(() -> standby.count("postgres", "select pg_last_wal_replay_lsn() - '0/0'") >= replayed);

                primary.execute("postgres", "alter system set default_transaction_read_only = on");
                primary.execute("postgres", "select pg_reload_conf()");
                standby.execute("postgres", "select pg_promote()");
                address.leadTo(standby.port());

                awaitAtOther(store);
                awaitAtOther(many.store());
                assertThat(store.live("one")).hasSize(1);
                assertThat(many.store().live("many")).hasSize(1);
            }
        }
    }

    /** The first server hears a little later that it is read-only. */
    private static void awaitAtOther(CartStore store) {
        AtomicInteger tries = new AtomicInteger();
        await().atMost(SOON).ignoreException(CartException.Unavailable.class).until(() -> {
            long id = store.add(request("other-" + tries.incrementAndGet()), 0).id();
            return standby.count("postgres", "select count(*) from cart where id = " + id) == 1;
        });
    }

    @Test
    @Order(4)
    void aPrimaryServerThatDiedIsReplacedByTheOther() throws Exception {
        try (Database database = open(both())) {
            CartStore store = database.store();
            awaitWritable(store, "together");
            primary.stop();
            awaitWritable(store, "alone");
            assertThat(store.live("alone")).hasSize(1);
        }
    }

    /** The standby first. */
    private static String both() {
        return primary.url("postgres")
                .replace("127.0.0.1:" + primary.port(), "127.0.0.1:" + standby.port() + ",127.0.0.1:" + primary.port());
    }

    private static void awaitWritable(CartStore store, String uid) {
        await().atMost(SOON)
                .ignoreException(CartException.Unavailable.class)
                .until(() -> store.add(request(uid), 0).id() > 0);
    }

    private static Database open(String url) {
        return Database.open(PostgresFixture.config(url), InstantSource.system());
    }

    private static CartRequest request(String uid) {
        return new CartRequest(uid, false, List.of(CartRequest.Item.of("id", "path", "md5", "")));
    }
}
