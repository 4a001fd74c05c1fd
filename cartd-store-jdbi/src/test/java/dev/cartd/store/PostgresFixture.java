package dev.cartd.store;

import dev.cartd.store.postgres.Postgres;
import dev.cartd.store.sql.Connections;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;

/**
 * Databases on a PostgreSQL server that all tests of this process share: that of {@code CARTD_TEST_POSTGRES}, else one
 * that is started.
 */
public final class PostgresFixture {
    private static final String PREFIX = "cartd_test_" + ProcessHandle.current().pid() + "_";
    private static final String SERVER = server();
    private static final AtomicInteger LAST = new AtomicInteger();
    private static final String TEMPLATE = template();

    private PostgresFixture() {}

    /** A new empty database. */
    public static DatabaseConfig empty() {
        return create("");
    }

    /** A new database with all tables and no carts. */
    public static DatabaseConfig synced() {
        return create(" template " + TEMPLATE);
    }

    public static DatabaseConfig config(String url) {
        return DatabaseConfig.of(url).withConnectAttempts(1);
    }

    public static Connections connections(DatabaseConfig config) {
        return new Connections(
                DatabaseUrl.dialect(config.url()), config.busyTimeout(), config.debugLogging(), InstantSource.system());
    }

    /** Where it is. */
    public static Postgres place(DatabaseConfig config) {
        return (Postgres) DatabaseUrl.dialect(config.url());
    }

    /** The database as another program sees it, without any setting of ours. */
    public static Jdbi raw(DatabaseConfig config) {
        Postgres place = place(config);
        return Jdbi.create(place.jdbcUrl(), place.user(), place.password());
    }

    public static List<Map<String, Object>> rows(DatabaseConfig config, String sql) {
        return raw(config)
                .withHandle(handle -> handle.createQuery(sql).mapToMap().list());
    }

    /** The one database that the tests of contracts share, without carts. */
    public static DatabaseConfig cleared() {
        raw(shared())
                .useHandle(handle ->
                        handle.execute("truncate cart, file, carttasks, cartpins, cartsteps, cartvolume, cartaccess,"
                                + " cartnotify, cartnotice"
                                + " restart identity"));
        return shared();
    }

    /** The same database as it is. */
    public static DatabaseConfig shared() {
        return Shared.CONFIG;
    }

    /** Made when it is first needed. */
    private static final class Shared {
        private static final DatabaseConfig CONFIG = synced();
    }

    private static DatabaseConfig create(String template) {
        String name = PREFIX + LAST.incrementAndGet();
        raw(config(SERVER)).useHandle(handle -> handle.execute("create database " + name + template));
        return config(SERVER.replaceFirst("/[^/]*$", "/" + name));
    }

    /** A server that others use too is left as it was. */
    private static void dropAll() {
        raw(config(SERVER)).useHandle(handle -> {
            for (int i = 1; i <= LAST.get(); i++) {
                handle.execute("drop database if exists " + PREFIX + i + " with (force)");
            }
        });
    }

    private static String template() {
        DatabaseConfig config = empty();
        try (Database database = Database.open(config, InstantSource.system())) {
            database.sync();
        }
        return place(config).name();
    }

    private static String server() {
        String given = System.getenv("CARTD_TEST_POSTGRES");
        if (given != null && !given.isEmpty()) {
            Runtime.getRuntime().addShutdownHook(new Thread(PostgresFixture::dropAll));
            return given;
        }
        try {
            return PostgresServer.start().url("postgres");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
