package dev.cartd.store;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.store.sql.LocalTimeText;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PostgresUpgradeTest extends UpgradeContract {
    @Override
    DatabaseConfig sample(String version) throws Exception {
        DatabaseConfig config = PostgresFixture.empty();
        OriginalSample.copy(version, new RawDatabase(config.url()));
        return config;
    }

    @Override
    Jdbi raw(DatabaseConfig config) {
        return PostgresFixture.raw(config);
    }

    @Override
    String no() {
        return "false";
    }

    @Test
    void whatHoldsPathsAndIdsIsWideEnough() {
        assertThat(PostgresFixture.rows(
                                PostgresFixture.synced(),
                                "select table_name || '.' || column_name as name from information_schema.columns"
                                        + " where table_schema = 'public' and character_maximum_length = 255"
                                        + " and table_name in ('cart', 'file', 'carttasks', 'cartsystem') order by 1")
                        .stream()
                        .map(row -> row.get("name"))
                        .toList())
                .isEqualTo(List.of("cartsystem.part", "carttasks.celery_task_id"));
    }

    @Test
    void anEmptyDatabaseIsSynced() {
        try (Database database = Database.open(PostgresFixture.empty(), InstantSource.system())) {
            assertThat(database.check()).isEqualTo(Database.Check.EMPTY);
            database.sync();
            assertThat(database.check()).isEqualTo(Database.Check.EQUAL);
        }
    }

    @Test
    void oddTimesHideNothing() {
        DatabaseConfig config = PostgresFixture.synced();
        raw(config).useHandle(handle -> handle.execute("""
                insert into cart (cart_uid, bundle_path, creation_date, updated_date, status, error)
                values ('odd', '', 'infinity', '0044-03-15 BC', 'Ready?', '')"""));
        try (Database database = Database.open(config, InstantSource.system())) {
            Cart odd = database.store().live("odd").get(0);
            assertThat(odd.status()).isEqualTo(CartStatus.ERROR);
            assertThat(odd.created()).isEqualTo(Instant.EPOCH);
            assertThat(odd.updated()).isEqualTo(Instant.EPOCH);
        }
    }

    @Test
    void timesAreLocalAsTheOriginalWritesThem() {
        DatabaseConfig config = PostgresFixture.synced();
        Instant now = Instant.parse("2026-10-25T00:30:00.123456Z");
        try (Database database = Database.open(config, InstantSource.fixed(now))) {
            database.store().add(new CartRequest("one", false, List.of(CartRequest.Item.of("i", "p", "md5", ""))), 0);
        }
        assertThat(PostgresFixture.rows(config, "select creation_date::text as t from cart"))
                .singleElement()
                .satisfies(row -> assertThat(row).containsEntry("t", LocalTimeText.format(now)));
    }
}
