package dev.cartd.store.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.cartd.cart.CartException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
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
public final class Connections implements AutoCloseable {
    private static final int READERS = 8;

    /** A connection that does not answer for so long is thrown away, and another one taken. */
    private static final int VALIDATION_MILLIS = 1000;

    /** How often a database that is away is tried. */
    private static final Duration PROBE = Duration.ofSeconds(1);

    /** Changes nothing, and yet is written. */
    private static final String NO_CHANGE = "update cartsystem set value = value where part = 'major'";

    private final Dialect dialect;
    private final String node = "cartd-" + UUID.randomUUID();
    private final Watch watch;
    private final DatabaseOutage outage;
    private final HikariDataSource readers;
    private final HikariDataSource writers;
    private final Source watchedWriters;
    private final Jdbi reads;
    private final Jdbi writes;
    private final ScheduledExecutorService prober = Executors.newSingleThreadScheduledExecutor(Connections::daemon);

    /**
     * Opens what a dialect has to have open.
     *
     * @param busyTimeout how long to wait for others, where the dialect leaves that to us
     * @param logged whether each statement is logged
     * @param clock tells since when the database is away
     * @throws CartException.Unavailable if that fails
     */
    public Connections(Dialect dialect, Duration busyTimeout, boolean logged, InstantSource clock) {
        this.dialect = dialect;
        outage = new DatabaseOutage(dialect, clock);
        try {
            watch = dialect.watch(busyTimeout);
        } catch (SQLException e) {
            throw unavailable(dialect, e);
        }
        readers = pool("cartd-reads", READERS, Dialect.Use.READ, busyTimeout);
        writers = pool("cartd-writes", dialect.writers(), Dialect.Use.WRITE, busyTimeout);
        watchedWriters = watched(writers, Dialect.Use.WRITE);
        reads = Statements.jdbi(watched(readers, Dialect.Use.READ), dialect, logged);
        writes = Statements.jdbi(watchedWriters, dialect, logged);
        Future<?> unused =
                prober.scheduleWithFixedDelay(this::probe, PROBE.toMillis(), PROBE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The kind of database. */
    public Dialect dialect() {
        return dialect;
    }

    /** What this process is called, in the database too where it can tell whose connections are open. */
    public String node() {
        return node;
    }

    /** For db-scheduler. */
    public DataSource writers() {
        return watchedWriters;
    }

    /** Whether it is known that the database is away: the log says so, unless it just said it. */
    public boolean isAway() {
        return outage.lasting().isPresent();
    }

    /** Runs a query of one statement, outside of any transaction. */
    public <T> T read(Function<Handle, T> query) {
        return available(Dialect.Use.READ, () -> reads.withHandle(query::apply));
    }

    /** Like {@link #read}, for a query whose answer may be long in coming. */
    public <T> T readMuch(Function<Handle, T> query) {
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
    public <T> T write(Function<Handle, T> transaction) {
        return available(Dialect.Use.WRITE, () -> {
            T result = writes.inTransaction(transaction::apply);
            // Else it may have gone to a file that nobody finds again.
            watch.check();
            return result;
        });
    }

    @Override
    public void close() {
        prober.shutdownNow();
        readers.close();
        writers.close();
        watch.close();
    }

    private interface Work<T> {
        T run() throws SQLException;
    }

    private <T> T available(Dialect.Use use, Work<T> work) {
        int ended = outage.ended();
        try {
            T result = work.run();
            outage.worked(use);
            return result;
        } catch (JdbiException | SQLException e) {
            if (isAway(e)) {
                throw new CartException.Unavailable(outage.failed(ended, use, SqlReason.of(dialect, e)), e);
            }
            throw unavailable(dialect, e);
        }
    }

    /** Also where there was no connection to be had: its cause says why, and without one all were in use. */
    private boolean isAway(Throwable failure) {
        return SqlReason.sql(failure).map(dialect::isAway).orElse(false);
    }

    /** While nobody else asks: that the database is back is to be said when it is. */
    private void probe() {
        outage.lasting().ifPresent(use -> {
            try {
                if (use == Dialect.Use.WRITE) {
                    int unused = this.<Integer>write(handle -> handle.execute(NO_CHANGE));
                } else {
                    int unused = this.<Integer>read(handle ->
                            handle.select("select 1").mapTo(Integer.class).one());
                }
            } catch (CartException.Unavailable e) {
                // It is still away.
            }
        });
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "cartd-database");
        thread.setDaemon(true);
        return thread;
    }

    /** A failure of this database, in one line. */
    public static CartException.Unavailable unavailable(Dialect dialect, Throwable e) {
        String reason = SqlReason.of(dialect, e);
        return new CartException.Unavailable("the database (" + dialect + ") cannot be used now: " + reason, e);
    }

    private HikariDataSource pool(String name, int size, Dialect.Use use, Duration busyTimeout) {
        HikariConfig pool = new HikariConfig();
        pool.setPoolName(name);
        Properties properties = dialect.properties(busyTimeout, use);
        dialect.name(properties, node);
        List<String> settings = dialect.settings(busyTimeout, use);
        pool.setDataSource(new Source(() -> {
            watch.check();
            return dialect.connect(properties, settings);
        }));
        pool.setExceptionOverride(new PoolEviction(dialect, this::evictAll));
        pool.setMaximumPoolSize(size);
        pool.setMinimumIdle(1);
        long wait = dialect.connectionWait(busyTimeout, use).toMillis();
        pool.setConnectionTimeout(Math.max(1000, wait));
        pool.setValidationTimeout(VALIDATION_MILLIS);
        // That it can be reached was proven before: the pool need not, and fails later like any statement.
        pool.setInitializationFailTimeout(-1);
        return new HikariDataSource(pool);
    }

    /**
     * Looks at the files before each use, and notes for db-scheduler, which says it in its own way, that it is away.
     */
    private Source watched(DataSource pool, Dialect.Use use) {
        return new Source(() -> {
            int ended = outage.ended();
            try {
                watch.check();
                return pool.getConnection();
            } catch (SQLException e) {
                if (isAway(e)) {
                    String unused = outage.failed(ended, use, SqlReason.of(dialect, e));
                }
                throw e;
            }
        });
    }

    private void evictAll() {
        evict(readers);
        evict(writers);
    }

    /** Idle connections at once, others when they are given back. */
    private static void evict(HikariDataSource pool) {
        HikariPoolMXBean running = pool.getHikariPoolMXBean();
        if (running != null) {
            running.softEvictConnections();
        }
    }
}
