package dev.cartd.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.cartd.cart.CartException;
import java.sql.SQLException;
import java.util.Properties;
import java.util.UUID;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * The connections to one database: some for reading, so that a HEAD never waits for whoever writes, and as many for
 * writing as the dialect makes use of. All failures come out as {@link CartException.Unavailable}.
 */
final class Connections implements AutoCloseable {
    private static final int READERS = 8;

    /** A connection that does not answer for so long is thrown away, and another one taken. */
    private static final int VALIDATION_MILLIS = 1000;

    private final Dialect dialect;
    private final String node = "cartd-" + UUID.randomUUID();
    private final HikariDataSource readers;
    private final HikariDataSource writers;
    private final Jdbi reads;
    private final Jdbi writes;

    Connections(Dialect dialect, DatabaseConfig config) {
        this.dialect = dialect;
        readers = pool("cartd-reads", READERS, Dialect.Use.READ, config);
        writers = pool("cartd-writes", dialect.writers(), Dialect.Use.WRITE, config);
        reads = Statements.jdbi(readers, config.debugLogging());
        writes = Statements.jdbi(writers, config.debugLogging());
    }

    Dialect dialect() {
        return dialect;
    }

    /** What this process is called, in the database too where it can tell whose connections are open. */
    String node() {
        return node;
    }

    /** For db-scheduler. */
    DataSource writers() {
        return writers;
    }

    /** Runs a query of one statement, outside of any transaction. */
    <T> T read(Function<Handle, T> query) {
        return available(() -> reads.withHandle(query::apply));
    }

    /** Like {@link #read}, for a query whose answer may be long in coming. */
    <T> T readMuch(Function<Handle, T> query) {
        return read(handle -> {
            try {
                dialect.expectMuch(handle.getConnection());
            } catch (SQLException e) {
                throw new ConnectionException(e);
            }
            return query.apply(handle);
        });
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

    private HikariDataSource pool(String name, int size, Dialect.Use use, DatabaseConfig config) {
        HikariConfig pool = new HikariConfig();
        pool.setPoolName(name);
        pool.setJdbcUrl(dialect.jdbcUrl());
        Properties properties = dialect.properties(config.busyTimeout(), use);
        dialect.name(properties, node);
        pool.setDataSourceProperties(properties);
        pool.setMaximumPoolSize(size);
        pool.setMinimumIdle(1);
        long wait = dialect.connectionWait(config.busyTimeout(), use).toMillis();
        pool.setConnectionTimeout(Math.max(1000, wait));
        pool.setValidationTimeout(VALIDATION_MILLIS);
        // Database.open has proven that it can be reached: the pool need not, and fails later like any statement.
        pool.setInitializationFailTimeout(-1);
        return new HikariDataSource(pool);
    }
}
