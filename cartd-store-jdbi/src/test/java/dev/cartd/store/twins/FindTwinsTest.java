package dev.cartd.store.twins;

import dev.cartd.cart.CartFile;
import dev.cartd.store.DatabaseConfig;
import dev.cartd.store.PostgresFixture;
import dev.cartd.store.SqliteFixture;
import dev.cartd.store.rows.FileRow;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sqlite.ProgressHandler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a search for twins costs when the database is full of files that look like them and are none. The
 * statistics of PostgreSQL are of a time when it was nearly empty.
 */
class FindTwinsTest {
    private static final String CART = """
            insert into cart (id, cart_uid, bundle_path, bundle, creation_date, updated_date, status, error, epoch)
                values (%d, 'x', '', null, '2026-12-01 12:00:00', '2026-12-01 12:00:00', 'staging', '', 1)""";
    private static final String FILES = """
            insert into file (cart_id, file_name, bundle_path, hash_type, hash_value, status, error, size)
                with recursive n (i) as (select 1 union all select i + 1 from n where i < %d)
                select %d, %s, i, 'md5', '0123456789abcdef0123456789abcdef', '%s', '', 10 from n""";
    private static final String TUPLES =
            "select seq_tup_read + idx_tup_fetch from pg_stat_xact_user_tables" + " where relname = 'file'";

    @TempDir
    private Path directory;

    /** The columns: the cart of the others, their ids in the archive (that of the wanted ones is 7), their state. */
    @ParameterizedTest
    @CsvSource({
        "2, '''id'' || i', staged", "2, '''id'' || i', waiting", "1, '''id'' || i', staged",
        "1, '''7''', staged", "2, '''7''', waiting", "2, '''7''', staging"
    })
    void itDoesNotGrowWithThem(int cart, String id, String status) throws Exception {
        for (boolean postgres : new boolean[] {false, true}) {
            long few = cost(postgres, 2_000, cart, id, status);
            long many = cost(postgres, 20_000, cart, id, status);
            assertThat(many).as("of 20,000, on PostgreSQL: %s", postgres).isLessThan(2 * few);
        }
    }

    private long cost(boolean postgres, int others, int cart, String id, String status) throws Exception {
        DatabaseConfig config = postgres
                ? PostgresFixture.synced()
                : SqliteFixture.synced(java.nio.file.Files.createTempDirectory(directory, "db"));
        Jdbi raw = postgres ? PostgresFixture.raw(config) : SqliteFixture.raw(config);
        return raw.<Long, SQLException>inTransaction(handle -> {
            handle.execute(CART.formatted(1));
            handle.execute(CART.formatted(2));
            if (postgres) { // SQLite has no statistics.
                handle.execute(FILES.formatted(1, 1, "'0'", "error"));
                handle.execute("analyze");
            }
            handle.execute(FILES.formatted(10, 1, "'7'", "staging"));
            List<CartFile> wanted = handle.createQuery("select " + FileRow.COLUMNS + " from file where file_name = '7'")
                    .map(new FileRow())
                    .list();
            handle.execute(FILES.formatted(others, cart, id, status));
            Runnable search = () -> assertThat(FindTwins.run(handle, wanted, 0)).isEmpty();
            return postgres ? rowsRead(handle, search) : instructions(handle, search);
        });
    }

    private static long rowsRead(Handle handle, Runnable search) {
        long before = handle.createQuery(TUPLES).mapTo(Long.class).one();
        search.run();
        return handle.createQuery(TUPLES).mapTo(Long.class).one() - before;
    }

    /** Of SQLite's virtual machine. */
    private static long instructions(Handle handle, Runnable search) throws SQLException {
        AtomicLong count = new AtomicLong();
        ProgressHandler.setHandler(handle.getConnection(), 1, new ProgressHandler() {
            @Override
            protected int progress() {
                count.incrementAndGet();
                return 0;
            }
        });
        try {
            search.run();
        } finally {
            ProgressHandler.clearHandler(handle.getConnection());
        }
        return count.get();
    }
}
