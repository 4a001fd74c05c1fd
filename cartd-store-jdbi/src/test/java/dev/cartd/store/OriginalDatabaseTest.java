package dev.cartd.store;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.FileStatus;
import dev.cartd.spi.CartStore;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/** Pacifica Cartd's tables, its own statements on them, and its rows as carts. */
class OriginalDatabaseTest {
    private static final String INSERT_CART = """
            INSERT INTO "cart" ("cart_uid", "bundle_path", "bundle", "creation_date", "updated_date", "deleted_date",
                "status", "error") VALUES (?, ?, ?, ?, ?, ?, ?, ?)""";
    private static final String INSERT_FILE = """
            INSERT INTO "file" ("cart_id", "file_name", "bundle_path", "hash_type", "hash_value", "status", "error")
                VALUES (?, ?, ?, ?, ?, ?, ?)""";

    @TempDir
    private Path directory;

    private DatabaseConfig config;
    private Database database;
    private CartStore store;

    @BeforeEach
    void open() throws Exception {
        config = SqliteFixture.synced(directory);
        database = Database.open(config, InstantSource.system());
        store = database.store();
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void theOriginalsColumnsAreThereInTheirOrderWithTheirTypes() {
        assertThat(columns("cart"))
                .startsWith(
                        "id INTEGER 1 1",
                        "cart_uid VARCHAR(255) 1 0",
                        "bundle_path VARCHAR(255) 1 0",
                        "bundle INTEGER 0 0",
                        "creation_date DATETIME 1 0",
                        "updated_date DATETIME 1 0",
                        "deleted_date DATETIME 0 0",
                        "status TEXT 1 0",
                        "error TEXT 1 0");
        assertThat(columns("file"))
                .startsWith(
                        "id INTEGER 1 1",
                        "cart_id INTEGER 1 0",
                        "file_name VARCHAR(255) 1 0",
                        "bundle_path VARCHAR(255) 1 0",
                        "hash_type VARCHAR(255) 0 0",
                        "hash_value VARCHAR(255) 0 0",
                        "status TEXT 1 0",
                        "error TEXT 1 0");
        assertThat(columns("carttasks"))
                .containsExactly("id INTEGER 1 1", "cart_id INTEGER 1 0", "celery_task_id VARCHAR(255) 1 0");
        assertThat(columns("cartsystem")).containsExactly("part VARCHAR(255) 1 1", "value INTEGER 1 0");
    }

    @Test
    void whatIsAddedIsNullableOrHasADefault() {
        for (String table : List.of("cart", "file")) {
            assertThat(SqliteFixture.rows(config, "select * from pragma_table_info('" + table + "')").stream()
                            .skip(table.equals("cart") ? 9 : 8))
                    .isNotEmpty()
                    .allMatch(column ->
                            Integer.valueOf(0).equals(column.get("notnull")) || column.get("dflt_value") != null);
        }
    }

    @Test
    void theOriginalsIndexesAndVersionAreThere() {
        assertThat(SqliteFixture.rows(config, "select name from sqlite_master where type = 'index'"))
                .extracting(row -> row.get("name"))
                .contains("file_cart_id", "carttasks_cart_id");
        assertThat(SqliteFixture.rows(config, "select part, value from cartsystem order by part"))
                .containsExactly(Map.of("part", "major", "value", 2), Map.of("part", "minor", "value", 0));
    }

    @Test
    void aCartOfTheOriginalIsACart() {
        long cart = insertCart(
                "old", "/srv/cartd/1/old", 1, "2019-01-09 09:17:26.123456", "2019-01-09 09:18:00", null, "ready", "");
        insertFile(cart, "foo.txt", "1/2/3/foo.txt", "md5", "AC59BB32DAC432674DD6E620A6B35FF3", "staged");
        insertFile(cart, "bar.txt", "1/2/3/bar.txt", "md5", "ef39aa7f8df8bdc8b8d4d81f4e0ef566", "waiting");

        Cart read = store.live("old").get(0);

        assertThat(read.id()).isEqualTo(cart);
        assertThat(read.bundle()).isTrue();
        assertThat(read.status()).isEqualTo(CartStatus.READY);
        assertThat(read.bundlePath()).isEqualTo("/srv/cartd/1/old");
        assertThat(read.created()).isEqualTo(local("2019-01-09T09:17:26.123456"));
        assertThat(read.updated()).isEqualTo(local("2019-01-09T09:18:00"));
        assertThat(read.origin()).isEqualTo(Cart.Origin.PACIFICA);
        assertThat(read.progress()).isEqualTo(Cart.Progress.ofUnknownSize(2, 1, 0));
        assertThat(store.files(cart))
                .extracting(CartFile::status, CartFile::size, CartFile::asked)
                .containsExactly(
                        tuple(FileStatus.STAGED, CartFile.UNKNOWN, CartFile.UNKNOWN),
                        tuple(FileStatus.WAITING, CartFile.UNKNOWN, CartFile.UNKNOWN));
    }

    @Test
    void aCartThatTheOriginalLeftInWorkGoesOn() {
        long cart = insertCart(
                "old", "", null, "2026-11-22 12:13:52.734268", "2026-11-22 12:13:52.734273", null, "waiting", "");

        Cart claim = store.claim(cart).orElseThrow();

        assertThat(claim.status()).isEqualTo(CartStatus.STAGING);
        assertThat(claim.bundle()).isFalse();
        assertThat(store.move(claim, CartStatus.ERROR, "no files", "")).isTrue();
    }

    @Test
    void aCartThatTheOriginalDeletedIsNotSeenAndNotTakenUp() {
        String then = "2019-01-01 00:00:00";
        long deleted = insertCart("old", "/srv/x", 0, then, then, then, "deleted", "");
        long halfDeleted = insertCart("old", "/srv/x", 0, then, then, then, "ready", "");
        long deletedByWord = insertCart("old", "/srv/x", 0, then, then, null, "deleted", "");

        assertThat(store.live("old")).isEmpty();
        assertThat(List.of(deleted, halfDeleted, deletedByWord))
                .allMatch(cart -> store.claim(cart).isEmpty());
        assertThat(store.delete("old")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../x", "", "a b/c", "' or 1=1 --", "\ud83d\ude00", "../../../../../etc/passwd"})
    void absurdRowsAreCartsLikeOthers(String uid) {
        long absurd = insertCart(uid, "../..", 17, "yesterday", "", null, "Ready?", "line one\nline two");
        insertFile(absurd, "", "../../etc/passwd", null, null, "lost");
        insertFile(absurd, "/", "", "rot13", "\ufffd", "STAGED");
        insertFile(absurd, "x", "x//y/./z/", "md5", "", "error");
        long good = insertCart(uid, "", 0, "2019-01-01 00:00:00", "2019-01-01 00:00:00", null, "staging", "");

        List<Cart> carts = store.live(uid);

        assertThat(carts).extracting(Cart::id).containsExactly(good, absurd);
        assertThat(carts.get(1).status()).isEqualTo(CartStatus.ERROR);
        assertThat(carts.get(1).reason()).contains("Ready?").contains("line one");
        assertThat(carts.get(1).created()).isEqualTo(Instant.EPOCH);
        assertThat(store.files(absurd))
                .extracting(CartFile::status)
                .containsExactly(FileStatus.ERROR, FileStatus.ERROR, FileStatus.ERROR);
        assertThat(store.files(absurd).get(0).checksum().problem()).isPresent();
        assertThat(store.files(absurd).get(0).bundlePath()).isEmpty();
        assertThat(store.move(carts.get(1), CartStatus.STAGING, "", "")).isTrue();
        assertThat(store.delete(uid)).containsExactlyInAnyOrder(good, absurd);
    }

    @Test
    void absurdNumbersHideNothing() {
        long cart = insertCart("old", "", 0, "2019-01-01 00:00:00", "2019-01-01 00:00:00", null, "staging", "");
        insertFile(cart, "a", "a", "md5", "", "waiting");
        SqliteFixture.raw(config).useHandle(handle -> {
            handle.execute(
                    "update cart set total_bytes = 'many', staged_bytes = -5, away_since = 'x', ready_at = 1e300,"
                            + " bundle = 'yes'");
            handle.execute(
                    "update file set size = -77, mtime = 'x', online = 'maybe', asked = x'00', tries = 99999999999");
        });

        assertThat(store.live("old")).hasSize(1);
        assertThat(store.files(cart))
                .singleElement()
                .satisfies(file -> assertThat(file.known()).isFalse());
        assertThat(store.claim(cart)).isPresent();
    }

    @Test
    void newNumbersAreAboveTheOriginals() {
        long old = insertCart("old", "", 0, "2019-01-01 00:00:00", "2019-01-01 00:00:00", null, "ready", "");

        Cart added = store.add(request("new"), 0);

        assertThat(added.id()).isGreaterThan(old);
        assertThat(insertCart("newer", "", 0, "2019-01-01 00:00:00", "2019-01-01 00:00:00", null, "ready", ""))
                .isGreaterThan(added.id());
    }

    @Test
    void ourCartIsWhatTheOriginalExpects() {
        Cart cart = store.add(request("ours"), 0);

        Map<String, Object> row = SqliteFixture.rows(config, """
                        SELECT "t1"."id", "t1"."cart_uid", "t1"."bundle_path", "t1"."bundle", "t1"."creation_date",
                            "t1"."updated_date", "t1"."deleted_date", "t1"."status", "t1"."error"
                        FROM "cart" AS "t1" WHERE "t1"."deleted_date" IS NULL""").get(0);

        assertThat(row)
                .containsEntry("id", (int) cart.id())
                .containsEntry("cart_uid", "ours")
                .containsEntry("bundle_path", "")
                .containsEntry("bundle", 0)
                .containsEntry("deleted_date", null)
                .containsEntry("status", "waiting")
                .containsEntry("error", "");
        assertThat(row.get("creation_date"))
                .asString()
                .matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d(\\.\\d{6})?");
        assertThat(SqliteFixture.rows(
                        config,
                        "select cart_id, file_name, bundle_path, hash_type, hash_value, status, error from file"))
                .containsExactly(Map.of(
                        "cart_id", (int) cart.id(),
                        "file_name", "id",
                        "bundle_path", "a/b",
                        "hash_type", "md5",
                        "hash_value", "00",
                        "status", "waiting",
                        "error", ""));
    }

    @Test
    void ourDeletedCartIsDeletedForTheOriginalToo() {
        Cart cart = store.add(request("ours"), 0);
        store.delete("ours");

        assertThat(SqliteFixture.rows(
                        config, "select status, deleted_date, updated_date from cart where id = " + cart.id()))
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("status", "deleted")
                        .containsEntry("deleted_date", row.get("updated_date")));
    }

    private List<String> columns(String table) {
        return SqliteFixture.rows(config, "select * from pragma_table_info('" + table + "')").stream()
                .map(column -> column.get("name") + " " + column.get("type") + " " + column.get("notnull") + " "
                        + column.get("pk"))
                .toList();
    }

    private long insertCart(@Nullable Object... values) {
        return SqliteFixture.raw(config).withHandle(handle -> {
            handle.execute(INSERT_CART, values);
            return handle.createQuery("select last_insert_rowid()")
                    .mapTo(Long.class)
                    .one();
        });
    }

    private void insertFile(
            long cart, String id, String path, @Nullable String type, @Nullable String hash, String status) {
        SqliteFixture.raw(config)
                .useHandle(handle -> handle.execute(INSERT_FILE, cart, id, path, type, hash, status, ""));
    }

    private static CartRequest request(String uid) {
        return new CartRequest(uid, false, List.of(CartRequest.Item.of("id", "a/b", "md5", "00")));
    }

    private static Instant local(String text) {
        return LocalDateTime.parse(text).atZone(ZoneId.systemDefault()).toInstant();
    }
}
