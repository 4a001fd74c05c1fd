package dev.cartd.store.carts;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.CartStoreContract;
import dev.cartd.spi.SpaceStore;
import dev.cartd.store.Database;
import dev.cartd.store.OneDatabase;
import dev.cartd.store.PostgresFixture;
import dev.cartd.store.sql.Connections;
import dev.cartd.store.sql.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jdbi.v3.core.CloseException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PostgresCartStoreTest extends CartStoreContract {
    private static final String MD5 = "acbd18db4cc2f85cedef654fccc4a4d8";
    private static final String INSERT =
            "insert into cart (cart_uid, bundle_path, creation_date, updated_date, status, error)"
                    + " values (?, '', localtimestamp, localtimestamp, 'ready', '')";

    @RegisterExtension
    private final OneDatabase opened = new OneDatabase();

    @Override
    protected CartStore open(InstantSource clock) {
        return opened.open(PostgresFixture.cleared(), clock);
    }

    @Test
    void aHundredThousandFilesAndNobodyWaitsForThem() throws Exception {
        CartStore store = opened.database().store();
        CartRequest giant = new CartRequest(
                "giant",
                false,
                IntStream.range(0, 100_000)
                        .mapToObj(i ->
                                CartRequest.Item.of("archive/id/" + i, "some/dir/" + i % 100 + "/" + i, "md5", MD5))
                        .toList());
        store.add(request("first"), 0);
        long start = System.nanoTime();
        CompletableFuture<Cart> adding = CompletableFuture.supplyAsync(() -> store.add(giant, 0));
        int meanwhile = 0;
        while (!adding.isDone()) {
            store.add(request("small-" + ++meanwhile), 0);
        }
        Cart cart = adding.get(60, TimeUnit.SECONDS);
        long added = System.nanoTime();
        List<CartFile> files = store.files(cart.id());

        assertThat(meanwhile).isGreaterThan(3);
        assertThat(files).hasSize(100_000);
        assertThat(files.get(99_999).archiveId()).isEqualTo("archive/id/99999");
        System.err.printf(
                "PostgreSQL, 100,000 files: added in %d ms (and %d small carts), read in %d ms%n",
                TimeUnit.NANOSECONDS.toMillis(added - start),
                meanwhile,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - added));
    }

    @Test
    void equalRequestsToTwoNodesAtOnceMakeOneCart() throws Exception {
        try (Database other = Database.open(PostgresFixture.shared(), InstantSource.system())) {
            for (int round = 0; round < 20; round++) {
                CartRequest request = request("both-" + round);
                CompletableFuture<Cart> there =
                        CompletableFuture.supplyAsync(() -> other.store().add(request, 0));
                Cart here = opened.database().store().add(request, 0);
                assertThat(there.get(60, TimeUnit.SECONDS).id()).isEqualTo(here.id());
            }
        }
    }

    @Test
    void theOriginalsNumbersAndOursNeverMeet() {
        CartStore store = opened.database().store();
        long ours = store.add(request("ours"), 5000).id();
        long theirs = insertAsTheOriginal("theirs");
        long oursAgain = store.add(request("ours-2"), 5000).id();

        assertThat(ours).isEqualTo(5001);
        assertThat(theirs).isEqualTo(5002);
        assertThat(oursAgain).isEqualTo(5003);
        assertThat(store.add(request("ours-3"), 20_260_101_120_000L).id()).isEqualTo(5004);
    }

    @Test
    void aSequenceThatIsBehindTheRowsIsRaised() {
        PostgresFixture.raw(PostgresFixture.shared()).useHandle(handle -> {
            handle.execute(INSERT.replace("(cart_uid", "(id, cart_uid").replace("(?", "(3000, ?"), "restored");
            handle.execute(INSERT.replace("(cart_uid", "(id, cart_uid").replace("(?", "(4, ?"), "restored");
        });

        assertThat(opened.database().store().add(request("new"), 0).id()).isEqualTo(3001);
        assertThat(insertAsTheOriginal("theirs")).isEqualTo(3002);
    }

    @Test
    void aNulIsNoReasonNotToAnswer() {
        CartStore store = opened.database().store();
        CartRequest odd =
                new CartRequest("odd", false, List.of(CartRequest.Item.of("id", "path", "md\0005", "\0\ud800x")));

        Cart cart = store.add(odd, 0);

        assertThat(store.add(odd, 0).id()).isEqualTo(cart.id());
        assertThat(store.files(cart.id()).get(0).checksum().problem()).isPresent();
        assertThat(store.live("odd\0")).isEmpty();
        assertThat(store.delete("\0")).isEmpty();
        Cart claim = store.claim(cart.id()).orElseThrow();
        assertThat(store.record(claim, List.of(store.files(cart.id()).get(0).failed("bad \0 answer"))))
                .isTrue();
        assertThat(store.move(claim, CartStatus.ERROR, "bad \0 answer", "")).isTrue();
    }

    @Test
    void longTextsAreKept() {
        CartStore store = opened.database().store();
        String id = "x".repeat(1000);
        String path = "d/".repeat(900) + "f";
        Cart cart = store.add(new CartRequest("long", false, List.of(CartRequest.Item.of(id, path, id, id))), 0);

        assertThat(store.files(cart.id()))
                .singleElement()
                .satisfies(file -> assertThat(file.path()).isEqualTo(path));
    }

    @Test
    void aTransactionOfAPausedNodeHoldsUpNobodyForEver() throws Exception {
        CartStore store = opened.database().store();
        Cart claim = store.claim(store.add(request("one"), 0).id()).orElseThrow();
        Dialect dialect = PostgresFixture.place(PostgresFixture.shared());
        Connection paused = dialect.connect(Duration.ofSeconds(60), Dialect.Use.WRITE);
        try (Handle sleeper = Jdbi.open(paused)) {
            sleeper.execute("set idle_in_transaction_session_timeout = '1s'");
            sleeper.begin();
            dialect.lock(sleeper, Dialect.Lock.ROOM);

            assertThat(store.space()
                            .reserve(claim, List.of(), 1, true, books -> new SpaceStore.Decision.Grant(Set.of())))
                    .isEqualTo(SpaceStore.ReserveResult.RESERVED);
            assertThatThrownBy(() -> sleeper.execute("select 1")).isInstanceOf(JdbiException.class);
        } catch (CloseException e) {
            assertThat(paused.isClosed()).isTrue();
        }
    }

    @Test
    void onlyALongAnswerIsWaitedForLong() {
        try (Connections connections = PostgresFixture.connections(PostgresFixture.shared())) {
            assertThat(connections.<Integer>read(PostgresCartStoreTest::patience))
                    .isEqualTo(4000);
            assertThat(connections.<Integer>readMuch(PostgresCartStoreTest::patience))
                    .isEqualTo(30_000);
            assertThat(connections.<Integer>read(PostgresCartStoreTest::patience))
                    .isEqualTo(4000);
        }
    }

    private static int patience(Handle handle) {
        try {
            return handle.getConnection().getNetworkTimeout();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whoWritesIsCutOffWhenItSleepsInATransaction() {
        try (Connections connections = PostgresFixture.connections(PostgresFixture.shared())) {
            assertThat(connections.<String>write(handle -> handle.select("show idle_in_transaction_session_timeout")
                            .mapTo(String.class)
                            .one()))
                    .isEqualTo("15s");
        }
    }

    private static long insertAsTheOriginal(String uid) {
        return PostgresFixture.raw(PostgresFixture.shared())
                .withHandle(handle -> handle.createQuery(INSERT + " returning id")
                        .bind(0, uid)
                        .mapTo(Long.class)
                        .one());
    }

    private static CartRequest request(String uid) {
        return new CartRequest(uid, false, List.of(CartRequest.Item.of("id", "path", "md5", MD5)));
    }
}
