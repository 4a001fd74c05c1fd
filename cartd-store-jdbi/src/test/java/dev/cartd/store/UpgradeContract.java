package dev.cartd.store;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Durability;
import dev.cartd.cart.FileStatus;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.SpaceStore;
import dev.cartd.store.sql.LocalTimeText;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

/** What sync makes of databases that Pacifica Cartd made, of each of its versions. */
abstract class UpgradeContract {
    private static final Instant NOW = Instant.parse("2026-12-01T12:00:00Z");

    /** Statements of Pacifica Cartd, which knows nothing of our columns. */
    private static final String INSERT_CART = """
            INSERT INTO "cart" ("cart_uid", "bundle_path", "bundle", "creation_date", "updated_date", "deleted_date",
                "status", "error")
            VALUES ('theirs', '', %s, '2026-11-22 12:00:00.5', '2026-11-22 12:00:01', NULL, 'waiting', '')""";

    private static final String INSERT_FILE = """
            INSERT INTO "file" ("cart_id", "file_name", "bundle_path", "hash_type", "hash_value", "status", "error")
            SELECT "id", 'foo.txt', 'a/b', 'md5', '00', 'waiting', '' FROM "cart" WHERE "cart_uid" = 'theirs'""";
    private static final String INSERT_TASK = """
            INSERT INTO "carttasks" ("cart_id", "celery_task_id")
            SELECT "id", '4e84333e' FROM "cart" WHERE "cart_uid" = 'theirs'""";

    @TempDir
    Path directory;

    /** A database with what Pacifica Cartd of this version left. */
    abstract DatabaseConfig sample(String version) throws Exception;

    /** It, as another program sees it. */
    abstract Jdbi raw(DatabaseConfig config);

    /** How it writes false. */
    abstract String no();

    @ParameterizedTest
    @ValueSource(strings = {"pre", "0.1", "1.0", "2.0"})
    void everyRowStaysAsItWas(String version) throws Exception {
        DatabaseConfig config = sample(version);
        Map<String, List<Map<String, Object>>> before = content(config);
        try (Database database = open(config)) {
            assertThat(database.check()).isEqualTo(Database.Check.OUTDATED);

            database.sync();

            assertThat(database.check()).isEqualTo(Database.Check.EQUAL);
            Map<String, List<Map<String, Object>>> after = content(config);
            assertThat(after).containsKeys(before.keySet().toArray(String[]::new));
            before.forEach((table, rows) -> assertThat(after.getOrDefault(table, List.of()))
                    .zipSatisfy(rows, (now, then) -> assertThat(now).containsAllEntriesOf(then)));
            assertThat(rows(config, "select part, value from cartsystem order by part"))
                    .containsExactly(Map.of("part", "major", "value", 2), Map.of("part", "minor", "value", 0));
            database.sync();
            assertThat(content(config)).isEqualTo(after);
            assertThat(database.check()).isEqualTo(Database.Check.EQUAL);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pre", "0.1", "1.0"})
    void itsCartsAreListedGoOnAndAreDeleted(String version) throws Exception {
        try (Database database = synced(version)) {
            CartStore store = database.store();
            assertThat(store.live("old-ready")).extracting(Cart::id).containsExactly(6L, 1L);
            Cart ready = store.live("old-ready").get(1);
            assertThat(ready.status()).isEqualTo(CartStatus.READY);
            assertThat(ready.bundlePath()).isEqualTo("/srv/cartd/1/old-ready");
            assertThat(ready.ready()).isEmpty();
            assertThat(ready.origin()).isEqualTo(Cart.Origin.PACIFICA);
            assertThat(ready.created()).isEqualTo(LocalTimeText.parse("2019-01-09 09:17:26.123456"));
            assertThat(store.files(1)).allMatch(file -> file.status() == FileStatus.STAGED && !file.known());
            assertThat(store.live("old-deleted")).isEmpty();
            Cart failed = store.live("old-error").get(0);
            assertThat(failed.reason()).startsWith("Failed to pull file");
            assertThat(store.move(failed, CartStatus.STAGING, "", "")).isTrue();
            assertThat(store.claim(failed.id())).isPresent();
            for (String uid : List.of("old-ready", "old-error", "old-staging", "old-waiting")) {
                assertThat(store.delete(uid)).isNotEmpty();
            }
            store.removed(4);
            assertThat(store.claim(4)).isEmpty();
        }
    }

    @Test
    void aDumpShowsTheOriginalsColumnsAsPythonPrintsThem() throws Exception {
        try (Database database = synced("2.0")) {
            List<StoredCart> carts = database.dump().toList();
            assertThat(carts)
                    .extracting(cart -> cart.columns().get("id"))
                    .containsExactly("12", "11", "10", "9", "7", "6", "4", "3", "2", "1");
            assertThat(carts.get(8).columns())
                    .containsExactly(
                            entry("id", "2"),
                            entry("cart_uid", "ready-bundle"),
                            entry("bundle_path", "/srv/cartd/2/ready-bundle.tar"),
                            entry("bundle", "True"),
                            entry("creation_date", "2026-11-22 12:24:31.735552"),
                            entry("updated_date", "2026-11-22 12:24:31.832907"),
                            entry("deleted_date", "None"),
                            entry("status", "ready"),
                            entry("error", ""));
            assertThat(carts.get(8).files().toList())
                    .hasSize(3)
                    .first()
                    .satisfies(file -> assertThat(file)
                            .containsExactly(
                                    entry("id", "4"),
                                    entry("cart", "2"),
                                    entry("file_name", "foo.txt"),
                                    entry("bundle_path", "1/2/3/foo.txt"),
                                    entry("hash_type", "md5"),
                                    entry("hash_value", "ac59bb32dac432674dd6e620a6b35ff3"),
                                    entry("status", "staged"),
                                    entry("error", "")));
            assertThat(carts.get(0).files()).isEmpty();
            assertThat(database.columns(5)).isPresent();
            assertThat(database.columns(99)).isEmpty();
        }
    }

    @Test
    void aDumpTakesAllFilesOfACartWithMany() throws Exception {
        try (Database database = synced("2.0")) {
            List<CartRequest.Item> items = java.util.stream.IntStream.range(0, 1001)
                    .mapToObj(i -> CartRequest.Item.of("id" + i, "p" + i, "md5", "00"))
                    .toList();
            database.store().add(new CartRequest("many", false, items), 0);
            assertThat(database.dump().findFirst().orElseThrow().files().map(file -> file.get("file_name")))
                    .containsExactlyElementsOf(
                            items.stream().map(CartRequest.Item::archiveId).toList());
        }
    }

    @Test
    void whatIsLeftOverIsCounted() throws Exception {
        try (Database database = synced("2.0")) {
            long before = database.leftOver();
            List<Long> deleted = database.store().delete("dup");
            assertThat(database.leftOver()).isEqualTo(before + 2);
            deleted.forEach(database.store()::removed);
            assertThat(database.leftOver()).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"old-staging", "old-waiting"})
    void deadlinesCountFromTheFirstClaim(String uid) throws Exception {
        try (Database database = synced("0.1")) {
            CartStore store = database.store();
            long cart = store.live(uid).get(0).id();

            Cart first = store.claim(cart).orElseThrow();

            assertThat(first.status()).isEqualTo(CartStatus.STAGING);
            assertThat(first.updated()).isEqualTo(NOW);
            assertThat(first.standstill().stalled()).isZero();
            assertThat(first.standstill().counted()).isEqualTo(NOW);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"staging", "waiting", "bundling"})
    void whatTheOriginalLeftInWorkBeginsAnew(String status) throws Exception {
        DatabaseConfig config = sample("2.0");
        try (Database database = open(config)) {
            database.sync();
            raw(config)
                    .useHandle(handle -> handle.execute("update cart set status = ? where cart_uid = 'dup'", status));
            CartStore store = database.store();
            Cart ours = store.add(request("ours"), 0);

            Cart first = store.claim(7).orElseThrow();
            assertThat(first.status()).isEqualTo(CartStatus.STAGING);
            assertThat(first.durability()).isEqualTo(Durability.UNPROVEN);
            assertThat(store.move(first, CartStatus.BUNDLING, "", "")).isTrue();
            assertThat(store.claim(7).orElseThrow().status()).isEqualTo(CartStatus.BUNDLING);
            assertThat(store.claim(ours.id()).orElseThrow().durability()).isEqualTo(Durability.SYNCED);
        }
    }

    @Test
    void whatAReadyCartIsIsWrittenDownOnce() throws Exception {
        try (Database database = synced("2.0")) {
            CartStore store = database.store();
            assertThat(store.space().unmeasured())
                    .extracting(Cart::id)
                    .containsExactly(1L, 2L, 3L, 4L, 6L, 7L, 9L, 10L);
            Cart cart = store.live("null-bundle").get(0);
            Cart found = cart.with(new Cart.Progress(3, 3, 105, 105)).holding(24_576);

            store.space().measured(found, seen(store, 30));
            store.space().measured(found, seen(store, 31));

            assertThat(store.live("null-bundle")).containsExactly(found);
            assertThat(store.files(10))
                    .allMatch(file -> file.size() == 30 && file.mtime() == 1000 && file.status() == FileStatus.STAGED);
            assertThat(store.space().unmeasured()).extracting(Cart::id).containsExactly(1L, 2L, 3L, 4L, 6L, 7L, 9L);
        }
    }

    private static List<CartFile> seen(CartStore store, long size) {
        return store.files(10).stream()
                .map(file -> file.seen(size, 1000, false))
                .toList();
    }

    @Test
    void whatAReadyCartWasBeforeItChangedIsNotWrittenDown() throws Exception {
        try (Database database = synced("2.0")) {
            CartStore store = database.store();
            Cart cart = store.live("null-bundle").get(0);
            List<CartFile> files = seen(store, 30);
            assertThat(store.restage(cart)).isTrue();

            store.space().measured(cart.holding(1), files);

            assertThat(store.live("null-bundle").get(0).held()).isZero();
            assertThat(store.files(10)).noneMatch(CartFile::known);
        }
    }

    @Test
    void whatTheOriginalDeletesInBetweenIsInNoBooks() throws Exception {
        DatabaseConfig config = sample("2.0");
        try (Database database = open(config)) {
            database.sync();
            CartStore store = database.store();
            Cart cart = store.live("null-bundle").get(0);
            store.space().measured(cart.holding(1000), List.of());
            raw(config)
                    .useHandle(handle -> handle.execute("update cart set status = 'deleted',"
                            + " deleted_date = updated_date where cart_uid in ('null-bundle', 'dup')"));
            assertThat(store.space().holders())
                    .extracting(SpaceStore.Holder::bytes)
                    .contains(1000L);

            store.forget(Instant.EPOCH);

            assertThat(store.claim(10).orElseThrow().status()).isEqualTo(CartStatus.DELETED);
            store.removed(10);
            assertThat(store.space().holders())
                    .extracting(SpaceStore.Holder::bytes)
                    .containsOnly(0L);
            assertThat(store.claim(7)).isEmpty();
        }
    }

    @Test
    void whatTheOriginalHasIsATwinOnceItsSizeIsKnown() throws Exception {
        try (Database database = synced("2.0")) {
            CartStore store = database.store();
            Cart cart = store.live("null-bundle").get(0);
            CartRequest.Item baz = CartRequest.Item.of("baz.ini", "a", "md5", "b0c21625a5ef364864191e5907d7afb4");
            Cart mine = store.add(new CartRequest("mine", false, List.of(baz)), 0);
            Cart claim = store.claim(mine.id()).orElseThrow();
            assertThat(store.twins().find(claim, store.files(mine.id()))).isEmpty();

            store.space().measured(cart.holding(1), seen(store, 44));

            assertThat(store.twins().find(claim, store.files(mine.id())).values())
                    .singleElement()
                    .satisfies(twin -> assertThat(twin.cart().id()).isEqualTo(10));
        }
    }

    /** Its first versions had no column for that, and a uid may end in .tar, too. */
    @Test
    void whetherACartIsBundledIsToldByItsPathIfByNothingElse() throws Exception {
        DatabaseConfig config = sample("0.1");
        try (Database database = open(config)) {
            database.sync();
            raw(config).useHandle(handle -> {
                handle.execute("update cart set bundle_path = '/srv/cartd/6/old-ready.tar' where id = 6");
                handle.execute("update cart set cart_uid = 'x.tar', bundle_path = '/srv/cartd/1/x.tar' where id = 1");
            });
            assertThat(database.store().live("old-ready"))
                    .singleElement()
                    .satisfies(cart -> assertThat(cart.bundle()).isTrue());
            assertThat(database.store().live("x.tar"))
                    .singleElement()
                    .satisfies(cart -> assertThat(cart.bundle()).isFalse());
        }
    }

    @Test
    void anEqualRequestJoinsACartOfTheOriginal() throws Exception {
        try (Database database = synced("2.0")) {
            CartStore store = database.store();
            CartRequest.Item foo =
                    CartRequest.Item.of("foo.txt", "/1/2//3/foo.txt", "MD5", "AC59BB32DAC432674DD6E620A6B35FF3");
            CartRequest.Item bar =
                    CartRequest.Item.of("bar.csv", "1/2/3/bar.csv", "md5", "ef39aa7f8df8bdc8b8d4d81f4e0ef566");
            CartRequest.Item baz =
                    CartRequest.Item.of("baz.ini", "2/3/4/baz.ini", "md5", "b0c21625a5ef364864191e5907d7afb4");

            assertThat(store.add(new CartRequest("null-bundle", false, List.of(baz, foo, bar)), 0)
                            .id())
                    .isEqualTo(10);
            assertThat(store.add(new CartRequest("ready-bundle", true, List.of(foo, bar, baz)), 0)
                            .id())
                    .isEqualTo(2);
            assertThat(store.add(new CartRequest("ready-bundle", false, List.of(foo, bar, baz)), 0)
                            .id())
                    .isEqualTo(13);
            assertThat(store.add(new CartRequest("ready-stream", false, List.of(foo, bar)), 0)
                            .id())
                    .isEqualTo(14);
            assertThat(store.live("null-bundle").get(0).updated()).isEqualTo(NOW);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pre", "2.0"})
    void theOriginalStillWorksOnIt(String version) throws Exception {
        DatabaseConfig config = sample(version);
        try (Database database = open(config)) {
            database.sync();
            long ours = database.store().add(request("ours"), 0).id();
            raw(config).useHandle(handle -> {
                handle.execute(INSERT_CART.formatted(no()));
                handle.execute(INSERT_FILE);
                handle.execute(INSERT_TASK);
                handle.execute(
                        "UPDATE \"cart\" SET \"status\" = 'staging', \"error\" = '' WHERE \"cart_uid\" = 'theirs'");
            });

            Cart theirs = database.store().live("theirs").get(0);
            assertThat(theirs.id()).isEqualTo(ours + 1);
            assertThat(database.store()
                            .claim(theirs.id())
                            .orElseThrow()
                            .progress()
                            .files())
                    .isEqualTo(1);
            assertThat(database.store().add(request("ours-2"), 0).id()).isEqualTo(ours + 2);
        }
    }

    /** Pacifica Cartd's dbsync makes the missing tables, says 2.0, and fails on the missing column. */
    @Test
    void whatTheOriginalsOwnSyncLeftOfAnOldDatabaseIsBroughtUp() throws Exception {
        DatabaseConfig config = sample("pre");
        raw(config).useHandle(handle -> {
            handle.execute("create table cartsystem (part varchar(255) not null primary key, value integer not null)");
            handle.execute("insert into cartsystem values ('major', 2), ('minor', 0)");
        });
        try (Database database = open(config)) {
            assertThat(database.check()).isEqualTo(Database.Check.OUTDATED);
            database.sync();
            assertThat(database.check()).isEqualTo(Database.Check.EQUAL);
            assertThat(database.store().live("old-ready")).hasSize(2);
        }
    }

    @Test
    void aSyncThatFailsMidwayLeavesNothing() throws Exception {
        DatabaseConfig config = sample("1.0");
        raw(config).useHandle(handle -> handle.execute("create table cartsteps (x integer)"));
        Map<String, List<Map<String, Object>>> before = content(config);
        try (Database database = open(config)) {
            assertThatThrownBy(database::sync)
                    .isInstanceOf(CartException.Unavailable.class)
                    .hasMessageContaining("could not be brought up to date")
                    .hasMessageContaining("cartsteps")
                    .hasMessageNotContaining("\n");
            assertThat(content(config)).isEqualTo(before);
            assertThat(database.check()).isEqualTo(Database.Check.OUTDATED);

            raw(config).useHandle(handle -> handle.execute("drop table cartsteps"));
            database.sync();
            assertThat(database.check()).isEqualTo(Database.Check.EQUAL);
        }
    }

    @Test
    void aLockThatADeadProcessLeftIsNone() throws Exception {
        DatabaseConfig config = sample("2.0");
        raw(config).useHandle(handle -> {
            handle.execute("create table databasechangeloglock (id integer not null primary key,"
                    + " locked boolean not null, lockgranted timestamp, lockedby varchar(255))");
            handle.execute("insert into databasechangeloglock (id, locked, lockedby) values (1, true, 'the dead')");
        });
        try (Database database = open(config)) {
            database.sync();
            assertThat(database.check()).isEqualTo(Database.Check.EQUAL);
        }
    }

    @Test
    void twoAtOnceWaitForEachOther() throws Exception {
        DatabaseConfig config = sample("2.0");
        try (Database one = open(config);
                Database two = open(config)) {
            CompletableFuture<Void> other = CompletableFuture.runAsync(two::sync);
            one.sync();
            other.get(60, TimeUnit.SECONDS);
            assertThat(one.check()).isEqualTo(Database.Check.EQUAL);
        }
    }

    @Test
    void whatANewerProgramMadeIsRefused() throws Exception {
        DatabaseConfig config = sample("2.0");
        try (Database database = open(config)) {
            database.sync();
            raw(config)
                    .useHandle(
                            handle -> handle.execute("update databasechangelog set id = 'later' where id = 'steps'"));
            assertThatThrownBy(database::sync)
                    .isInstanceOf(CartException.Unavailable.class)
                    .hasMessageContaining("newer than this program")
                    .hasMessageContaining("update cartd");
        }
    }

    private Database synced(String version) throws Exception {
        Database database = open(sample(version));
        database.sync();
        return database;
    }

    private static Database open(DatabaseConfig config) {
        return Database.open(config, InstantSource.fixed(NOW));
    }

    private List<Map<String, Object>> rows(DatabaseConfig config, String sql) {
        return raw(config)
                .withHandle(handle -> handle.createQuery(sql).mapToMap().list());
    }

    /** All rows of Pacifica Cartd's tables but for the version. */
    private Map<String, List<Map<String, Object>>> content(DatabaseConfig config) throws SQLException {
        Map<String, List<Map<String, Object>>> content = new LinkedHashMap<>();
        for (String table : List.of("cart", "file", "carttasks")) {
            if (exists(config, table)) {
                content.put(table, rows(config, "select * from " + table + " order by id"));
            }
        }
        return content;
    }

    private boolean exists(DatabaseConfig config, String table) throws SQLException {
        return raw(config).withHandle(handle -> hasTable(handle.getConnection(), table));
    }

    private static boolean hasTable(Connection connection, String table) throws SQLException {
        try (ResultSet found = connection.getMetaData().getTables(null, null, table, null)) {
            return found.next();
        }
    }

    private static CartRequest request(String uid) {
        return new CartRequest(uid, false, List.of(CartRequest.Item.of("id", "a/b", "md5", "00")));
    }
}
