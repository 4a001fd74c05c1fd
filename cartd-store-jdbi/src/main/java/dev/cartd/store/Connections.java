package dev.cartd.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.cartd.cart.CartException;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * The connections to one database: some for reading, so that a HEAD never waits for whoever writes, and as many for
 * writing as the dialect makes use of. All failures come out as {@link CartException.Unavailable}.
 */
final class Connections implements AutoCloseable {
    private static final int READERS = 8;

    private final Dialect dialect;
    private final HikariDataSource readers;
    private final HikariDataSource writers;
    private final Jdbi reads;
    private final Jdbi writes;

    Connections(Dialect dialect, DatabaseConfig config) {
        this.dialect = dialect;
        readers = pool("cartd-reads", READERS, dialect, config);
        writers = pool("cartd-writes", dialect.writers(), dialect, config);
        reads = Statements.jdbi(readers, config.debugLogging());
        writes = Statements.jdbi(writers, config.debugLogging());
    }

    Dialect dialect() {
        return dialect;
    }

    /** For db-scheduler. */
    DataSource writers() {
        return writers;
    }

    /** Runs a query of one statement, outside of any transaction. */
    <T> T read(Function<Handle, T> query) {
        return available(() -> reads.withHandle(query::apply));
    }

    /** Runs a transaction that writes. It must not ask for another connection. */
    <T> T write(Function<Handle, T> transaction) {
        return available(() -> writes.inTransaction(transaction::apply));
    }

    @Override
    public void close() {
        readers.close();
        writers.close();
    }

    private interface Work<T> {
        T run();
    }

    private <T> T available(Work<T> work) {
        try {
            return work.run();
        } catch (JdbiException e) {
            throw unavailable(dialect, e);
        }
    }

    static CartException.Unavailable unavailable(Dialect dialect, Throwable e) {
        return new CartException.Unavailable("the database (" + dialect + ") cannot be used now: " + reason(e), e);
    }

    /** What the innermost cause says, in one line. */
    static String reason(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return message.replaceAll("\\s+", " ").trim();
    }

    private static HikariDataSource pool(String name, int size, Dialect dialect, DatabaseConfig config) {
        HikariConfig pool = new HikariConfig();
        pool.setPoolName(name);
        pool.setJdbcUrl(dialect.jdbcUrl());
        pool.setDataSourceProperties(dialect.properties(config.busyTimeout()));
        pool.setMaximumPoolSize(size);
        pool.setMinimumIdle(1);
        pool.setConnectionTimeout(Math.max(1000, config.busyTimeout().toMillis()));
        // Database.open has proven that it can be reached: the pool need not, and fails later like any statement.
        pool.setInitializationFailTimeout(-1);
        return new HikariDataSource(pool);
    }
}
