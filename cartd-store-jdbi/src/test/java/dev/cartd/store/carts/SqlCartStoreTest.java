package dev.cartd.store.carts;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.CartStoreContract;
import dev.cartd.store.Database;
import dev.cartd.store.DatabaseConfig;
import dev.cartd.store.OneDatabase;
import dev.cartd.store.SqliteFixture;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SqlCartStoreTest extends CartStoreContract {
    private static final String MD5 = "acbd18db4cc2f85cedef654fccc4a4d8";

    @TempDir
    private Path directory;

    @RegisterExtension
    private final OneDatabase opened = new OneDatabase();

    @Override
    protected CartStore open(InstantSource clock) throws IOException {
        return opened.open(SqliteFixture.synced(directory), clock);
    }

    @Test
    void aHundredThousandFiles() {
        CartStore store = opened.database().store();
        CartRequest request = new CartRequest(
                "giant",
                false,
                IntStream.range(0, 100_000)
                        .mapToObj(i ->
                                CartRequest.Item.of("archive/id/" + i, "some/dir/" + i % 100 + "/" + i, "md5", MD5))
                        .toList());
        long start = System.nanoTime();
        Cart cart = store.add(request, 0);
        long added = System.nanoTime();
        List<CartFile> files = store.files(cart.id());
        long read = System.nanoTime();
        Cart claim = store.claim(cart.id()).orElseThrow();
        boolean recorded = store.record(
                claim,
                files.stream()
                        .map(file -> file.asked(1).seen(1, 1, true).staged())
                        .toList());
        long end = System.nanoTime();

        assertThat(files).hasSize(100_000);
        assertThat(recorded).isTrue();
        System.err.printf(
                "100,000 files: added in %d ms, read in %d ms, recorded in %d ms%n",
                millis(added - start), millis(read - added), millis(end - read));
    }

    @Test
    void whatWasAnsweredIsThereAfterAClose() throws IOException {
        Cart cart = opened.database().store().add(request("kept"), 0);
        opened.database().close();

        try (Database again =
                Database.open(SqliteFixture.config(directory.resolve("synced.sqlite3")), InstantSource.system())) {
            assertThat(again.store().live("kept")).extracting(Cart::id).containsExactly(cart.id());
        }
    }

    @Test
    void aLockedDatabaseIsUnavailableForWritingOnly() throws Exception {
        opened.database().store().add(request("before"), 0);
        DatabaseConfig impatient =
                SqliteFixture.config(directory.resolve("synced.sqlite3")).withBusyTimeout(Duration.ofMillis(50));
        try (Database other = Database.open(impatient, InstantSource.system());
                Handle lock = SqliteFixture.raw(impatient).open()) {
            lock.execute("begin immediate");

            assertThatThrownBy(() -> other.store().add(request("one"), 0))
                    .isInstanceOf(CartException.Unavailable.class)
                    .hasMessageContaining("locked")
                    .hasMessageContaining("synced.sqlite3")
                    .hasMessageNotContaining("\n");
            assertThat(other.store().live("before")).hasSize(1);
            lock.execute("rollback");
            assertThat(other.store().add(request("one"), 0).id()).isPositive();
        }
    }

    @Test
    void aDatabaseWithoutTablesIsUnavailable() {
        try (Database empty =
                Database.open(SqliteFixture.config(directory.resolve("empty.sqlite3")), InstantSource.system())) {
            assertThatThrownBy(() -> empty.store().live("one"))
                    .isInstanceOf(CartException.Unavailable.class)
                    .hasMessageContaining("no such table");
        }
    }

    @Test
    void aClosedDatabaseIsUnavailable() {
        CartStore store = opened.database().store();
        opened.database().close();

        assertThatThrownBy(() -> store.live("one")).isInstanceOf(CartException.Unavailable.class);
    }

    @Test
    void aFailureBetweenLeavesNothing() {
        CartStore store = opened.database().store();
        Cart claim = store.claim(store.add(request("one"), 0).id()).orElseThrow();

        assertThatThrownBy(() -> store.space().reserve(claim, List.of(), 1, true, books -> {
                    throw new IllegalStateException("the volume is away");
                }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(store.space().holders()).isEmpty();
        assertThat(store.space().waiting()).isEmpty();
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    private static CartRequest request(String uid) {
        return new CartRequest(uid, false, List.of(CartRequest.Item.of("id", "path", "md5", MD5)));
    }
}
