package dev.cartd.store.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.cartd.cart.CartException;
import dev.cartd.cart.Outage;
import dev.cartd.system.Timeline;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
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
 * The connections to one database: a pool for reading, so that a HEAD request never waits for a writer, and a pool for
 * writing, as large as the dialect can use. Database failures are thrown as {@link CartException.Unavailable}. Safe for
 * use by many threads.
 */
public final class Connections implements AutoCloseable {
    private static final int READERS = 8;

    /** A pooled connection that does not answer a validation within this time is discarded. */
    private static final int VALIDATION_MILLIS = 1000;

    /** The pool accepts no shorter wait. */
    private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);

    /** The interval between two probes of a database that is away. */
    private static final Duration PROBE = Duration.ofSeconds(1);

    /** A database that is not known to be away is probed once while one that is away is probed this many times. */
    private static final int PROBES_OF_OUTAGE = 5;

    /** Changes no value, but needs a working write. */
    private static final String NO_CHANGE = "update cartsystem set value = value where part = 'major'";

    private static final String NODE = "cartd-";

    private final Dialect dialect;
    private final String node = NODE + UUID.randomUUID();
    private final UseCount read = new UseCount();
    private final UseCount written = new UseCount();
    private final FileWatch watch;
    private final DatabaseOutage outage;
    private final HikariDataSource readers;
    private final HikariDataSource writers;
    private final PlainDataSource watchedWriters;
    private final Jdbi reads;
    private final Jdbi writes;
    private final Optional<GroupCommit> groups;
    private final ScheduledExecutorService prober =
            Executors.newSingleThreadScheduledExecutor(Timeline.daemons("cartd-database", false));

    /** How often {@link #prober} ran; for its thread only. */
    private int probes;

    /**
     * Starts the pools and the watch of the dialect.
     *
     * @param busyTimeout how long to wait for other users of the database, if the dialect has no timeout of its own
     * @param logged whether each statement is logged
     * @param clock the clock for the beginning and the length of outages
     * @throws CartException.Unavailable if the dialect's watch cannot be opened
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
        reads = JdbiSetup.jdbi(watched(readers, Dialect.Use.READ), dialect, logged);
        writes = JdbiSetup.jdbi(watchedWriters, dialect, logged);
        groups = dialect.writers() == 1
                ? Optional.of(new GroupCommit(writes, dialect, wait(busyTimeout, Dialect.Use.WRITE)))
                : Optional.empty();
        Future<?> unused =
                prober.scheduleWithFixedDelay(this::probe, PROBE.toMillis(), PROBE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The dialect of the database. */
    public Dialect dialect() {
        return dialect;
    }

    /** The name of this process, unique for each {@code Connections}. A server that lists its connections shows it. */
    public String node() {
        return node;
    }

    static boolean isNode(String name) {
        return name.startsWith(NODE);
    }

    /** The writing pool as a data source, for db-scheduler. */
    public DataSource writers() {
        return watchedWriters;
    }

    /**
     * Whether an outage of the database is known. Its log line is written then, unless another outage was logged less
     * than a minute before.
     */
    public boolean isAway() {
        return outage.lostUse().isPresent();
    }

    /** The outage of the database, as it is known now. Never waits: an idle database is probed every few seconds. */
    public Optional<Outage.Away> away() {
        return outage.now();
    }

    /**
     * Runs a query of one statement, outside of any transaction.
     *
     * @throws CartException.Unavailable if the database cannot answer
     */
    public <T> T read(Function<Handle, T> query) {
        return trackOutage(Dialect.Use.READ, () -> reads.withHandle(query::apply));
    }

    /** Like {@link #read}, but with a longer timeout, for a query that may run for long. */
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

    /**
     * Runs a transaction that writes. {@code transaction} must not use another connection: the pool may have only one.
     * It must have no effect but that on the database, since it may run twice; see {@link GroupCommit}.
     *
     * @throws CartException.Unavailable if the transaction failed, or if it may be lost because the database's file was
     *     replaced
     */
    public <T> T write(Function<Handle, T> transaction) {
        return commit(GroupCommit.Kind.LATER, transaction);
    }

    /**
     * Like {@link #write}, for a transaction that a client waits for: it goes before those of workers.
     *
     * @throws CartException.Unavailable if the transaction failed, or if it may be lost because the database's file was
     *     replaced
     */
    public <T> T writeFirst(Function<Handle, T> transaction) {
        return commit(GroupCommit.Kind.FIRST, transaction);
    }

    /**
     * Like {@link #write}, for a transaction that looks at something outside of the database, which may hang, or has an
     * effect there: it runs alone, once, and on the calling thread.
     *
     * @throws CartException.Unavailable if the transaction failed, or if it may be lost because the database's file was
     *     replaced
     */
    public <T> T writeAlone(Function<Handle, T> transaction) {
        return commit(GroupCommit.Kind.ALONE, transaction);
    }

    private <T> T commit(GroupCommit.Kind kind, Function<Handle, T> transaction) {
        return trackOutage(Dialect.Use.WRITE, () -> {
            T result =
                    groups.isPresent() ? groups.get().run(kind, transaction) : writes.inTransaction(transaction::apply);
            // If the file was replaced meanwhile, the commit went to a file that is lost.
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

    private <T> T trackOutage(Dialect.Use use, Work<T> work) {
        int ended = outage.ended();
        long begun = System.nanoTime();
        boolean worked = false;
        try {
            T result = work.run();
            outage.worked(use);
            worked = true;
            return result;
        } catch (JdbiException | SQLException e) {
            if (isAway(e)) {
                throw new CartException.Unavailable(outage.failed(ended, use, SqlReason.of(dialect, e)), e);
            }
            throw unavailable(dialect, e);
        } finally {
            count(use).ended(begun, worked);
        }
    }

    /** The statements and transactions of this kind so far. */
    public UseCount count(Dialect.Use use) {
        return use == Dialect.Use.WRITE ? written : read;
    }

    /** The pool for this kind of use, as it is now. */
    public UseCount.Pool pool(Dialect.Use use) {
        return UseCount.pool(use == Dialect.Use.WRITE ? writers : readers);
    }

    /**
     * Covers pool timeouts too: their cause is the last failure to connect. A timeout without a cause means that all
     * connections are in use, which is no outage.
     */
    private boolean isAway(Throwable failure) {
        return SqlReason.sql(failure).map(dialect::isAway).orElse(false);
    }

    /** Finds the end of an outage, and now and then its beginning, even if no other query runs meanwhile. */
    private void probe() {
        probes++;
        outage.lostUse()
                .or(() -> probes % PROBES_OF_OUTAGE == 0 ? Optional.of(Dialect.Use.READ) : Optional.empty())
                .ifPresent(this::probe);
    }

    private void probe(Dialect.Use use) {
        try {
            if (use == Dialect.Use.WRITE) {
                int unused = this.<Integer>write(handle -> handle.execute(NO_CHANGE));
            } else {
                int unused = this.<Integer>read(
                        handle -> handle.select("select 1").mapTo(Integer.class).one());
            }
        } catch (CartException.Unavailable e) {
            // The database is away; the next probe tries again.
        }
    }

    /** An exception for {@code e} whose message is one line that names the database and the reason. */
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
        pool.setDataSource(new PlainDataSource(() -> {
            watch.check();
            return dialect.keepStatements(dialect.connect(properties, settings));
        }));
        pool.setExceptionOverride(new PoolEviction(dialect, this::evictAll));
        pool.setMaximumPoolSize(size);
        pool.setMinimumIdle(1);
        pool.setConnectionTimeout(wait(busyTimeout, use).toMillis());
        pool.setValidationTimeout(VALIDATION_MILLIS);
        // Database.open has connected already. If the database is gone by now, the first statement fails like any
        // other.
        pool.setInitializationFailTimeout(-1);
        return new HikariDataSource(pool);
    }

    /** How long a caller waits for a connection. */
    private Duration wait(Duration busyTimeout, Dialect.Use use) {
        Duration wait = dialect.connectionWait(busyTimeout, use);
        return wait.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : wait;
    }

    /**
     * Checks the watch before it hands out a connection, and records outages: db-scheduler uses this data source
     * without {@link #trackOutage}.
     */
    private PlainDataSource watched(DataSource pool, Dialect.Use use) {
        return new PlainDataSource(() -> {
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

    /** Closes idle connections now, and those in use when they are returned to the pool. */
    private static void evict(HikariDataSource pool) {
        HikariPoolMXBean running = pool.getHikariPoolMXBean();
        if (running != null) {
            running.softEvictConnections();
        }
    }
}
