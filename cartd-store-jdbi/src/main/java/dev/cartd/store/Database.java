package dev.cartd.store;

import dev.cartd.cart.CartException;
import dev.cartd.spi.CartOwners;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.Notices;
import dev.cartd.spi.RequestShares;
import dev.cartd.spi.Scheduler;
import dev.cartd.store.access.SqlCartOwners;
import dev.cartd.store.carts.CartColumns;
import dev.cartd.store.carts.SqlCartStore;
import dev.cartd.store.engine.StepScheduler;
import dev.cartd.store.notices.SqlNotices;
import dev.cartd.store.rows.RecordNotices;
import dev.cartd.store.schema.Schema;
import dev.cartd.store.schema.SchemaCheck;
import dev.cartd.store.shares.SqlRequestShares;
import dev.cartd.store.space.SqlSpaceStore;
import dev.cartd.store.space.SqlVolumeStore;
import dev.cartd.store.space.SumUpCarts;
import dev.cartd.store.sql.Connections;
import dev.cartd.store.sql.Dialect;
import dev.cartd.store.sql.Nodes;
import dev.cartd.store.sql.SqlReason;
import dev.cartd.store.twins.SqlTwinStore;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A database that stores carts. Safe for use by many threads; many processes may have the same database open.
 *
 * <p>If the database is unreachable, locked, full or damaged, or this object is closed, a method fails with
 * {@link CartException.Unavailable}, whose message is one line with the reason. No message and no log line contains a
 * password.
 */
public final class Database implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    private final Dialect dialect;
    private final DatabaseConfig config;
    private final InstantSource clock;
    private final Connections connections;
    private final Nodes nodes;

    /** The state of the tables, compared with those that this version of cartd needs. */
    public enum Check {
        /** There are no tables: {@link Database#sync} creates them. */
        EMPTY,
        /**
         * There are tables, but no {@code cart}: another program may own the database. {@link Database#sync} adds the
         * tables.
         */
        FOREIGN,
        /** Pacifica Cartd or an older cartd created the tables: {@link Database#sync} upgrades them. */
        OUTDATED,
        /** This version of cartd can use the tables, although another version has changed them. */
        USABLE,
        /** The tables are exactly those that {@link Database#sync} creates. */
        EQUAL,
        /** The tables have a higher major version than this version of cartd supports. */
        NEWER;

        /** Whether this version of cartd can use the database without a {@link Database#sync}. */
        public boolean works() {
            return this == USABLE || this == EQUAL;
        }

        private static Check of(SchemaCheck schema) {
            if (!schema.hasCarts()) {
                return schema.isEmpty() ? EMPTY : FOREIGN;
            }
            if (schema.isNewer()) {
                return NEWER;
            }
            if (!schema.isComplete()) {
                return OUTDATED;
            }
            return schema.isExact() ? EQUAL : USABLE;
        }
    }

    private Database(Dialect dialect, DatabaseConfig config, InstantSource clock) {
        this.dialect = dialect;
        this.config = config;
        this.clock = clock;
        this.connections = new Connections(dialect, config.busyTimeout(), config.debugLogging(), clock);
        this.nodes = new Nodes(connections);
    }

    /**
     * Connects, with as many attempts as {@code config} allows. Creates an SQLite file that does not exist, empty.
     * Blocks for as long as the attempts take.
     *
     * @param clock the source of the times that are stored
     * @throws CartException.Unavailable if all attempts failed, at once if another attempt cannot help, or if the
     *     thread is interrupted (its interrupt flag is set then)
     */
    public static Database open(DatabaseConfig config, InstantSource clock) {
        Dialect dialect = DatabaseUrl.dialect(config.url());
        warnOfParameters(dialect, config.url());
        dialect.checkPlace();
        dialect.makePlace();
        for (int attempt = 1; !canConnect(dialect, config, attempt); attempt++) {
            pause(dialect, config.connectWait());
        }
        return new Database(dialect, config, clock);
    }

    /**
     * Whether the database may exist: false only for an SQLite file that does not exist. Does not connect and creates
     * nothing.
     */
    public static boolean exists(DatabaseConfig config) {
        return DatabaseUrl.dialect(config.url()).exists();
    }

    /**
     * Creates the tables of an empty database or upgrades older ones; carts in them are kept. Concurrent calls, also
     * those of other processes, run one after the other.
     *
     * @return what was done; if several calls ran at the same time, each may report the same changes
     * @throws CartException.Unavailable also if the database is newer than this program
     */
    public Synced sync() {
        if (connections.read(handle -> new SchemaCheck(handle, dialect).isAhead())) {
            String message = "the database (" + dialect + ") is newer than this program: update cartd";
            throw new CartException.Unavailable(
                    message, new IllegalStateException("its version is above 2.0, or it has unknown changesets"));
        }
        SchemaCheck.Found before = found();
        boolean current = connections.read(handle -> new SchemaCheck(handle, dialect).isExact());
        Schema.sync(dialect, config.busyTimeout(), current);
        return Synced.between(before, found());
    }

    private SchemaCheck.Found found() {
        return connections.read(handle -> new SchemaCheck(handle, dialect).found());
    }

    /**
     * Compares the tables with those that this version of cartd needs. Runs a few short queries.
     *
     * @throws CartException.Unavailable if the database cannot be read
     */
    public Check check() {
        return connections.read(handle -> Check.of(new SchemaCheck(handle, dialect)));
    }

    /**
     * All live carts with their files, newest first, for people and other programs. The stream reads rows page by page
     * while it is consumed, each page as it is at that moment. For one thread.
     *
     * @throws CartException.Unavailable if the database cannot be read, here or while the stream is consumed
     */
    public Stream<StoredCart> dump() {
        CartColumns columns = new CartColumns(connections);
        return columns.carts().map(cart -> new StoredCart(cart, columns.files(cart)));
    }

    /**
     * The columns of one cart, live or deleted, as in {@link StoredCart}; empty if there is no such row.
     *
     * @throws CartException.Unavailable if the database cannot be read
     */
    public Optional<Map<String, String>> columns(long cartId) {
        return new CartColumns(connections).cart(cartId);
    }

    /**
     * The number of deleted carts that may still have files on the volume.
     *
     * @throws CartException.Unavailable if the database cannot be read
     */
    public long leftOver() {
        return carts().leftOver();
    }

    /**
     * Sums up the carts, in two queries that read all of their rows: not to be called more often than every few
     * seconds.
     *
     * @throws CartException.Unavailable if the database cannot be read
     */
    public CartSums sums() {
        return connections.readMuch(handle -> CartSums.of(SumUpCarts.run(handle), SumUpCarts.inherited(handle)));
    }

    /** How this process has read from the database so far. Never waits. */
    public DatabaseUse reads() {
        return use(Dialect.Use.READ);
    }

    /** How this process has written to the database so far. Never waits. */
    public DatabaseUse writes() {
        return use(Dialect.Use.WRITE);
    }

    private DatabaseUse use(Dialect.Use use) {
        return DatabaseUse.of(connections.count(use), connections.pool(use));
    }

    /** The store of the carts. Closing the store has no effect: its connections belong to this database. */
    public CartStore store() {
        return carts();
    }

    /** The owners of the carts. */
    public CartOwners owners() {
        return new SqlCartOwners(connections);
    }

    /** The notices about carts. They are recorded for the receivers of the configuration, and for URLs of carts. */
    public Notices notices() {
        return new SqlNotices(connections, clock);
    }

    private SqlCartStore carts() {
        RecordNotices notices = new RecordNotices(config.receivers());
        return new SqlCartStore(
                connections,
                clock,
                new SqlTwinStore(connections, clock),
                new SqlSpaceStore(connections, clock, notices),
                new SqlVolumeStore(connections, clock),
                notices);
    }

    /**
     * A scheduler that is not started yet and whose wakes are persistent: if this process ends before a woken step has
     * finished, another process runs the step, or the next one that starts. Close the scheduler before the database.
     * {@link Scheduler#wake} never throws: a wake that could not be stored is repeated within half a minute.
     */
    public Scheduler scheduler(EngineConfig engine) {
        return new StepScheduler(connections, nodes, engine.parallelCarts(), engine.heartbeat());
    }

    /**
     * Distributes the limit of concurrent archive requests over all nodes that have this database open; the result
     * represents this node. Leases are measured by this database's clock, so the clocks of all nodes must agree. Call
     * this at most once, and do not use the result after the database is closed.
     */
    public RequestShares requestShares(EngineConfig engine) {
        return requestShares(engine, "");
    }

    /**
     * Distributes the limit of the archive of this name, as {@link #requestShares(EngineConfig)} does that of the
     * default one. Call this at most once for each name.
     */
    public RequestShares requestShares(EngineConfig engine, String archive) {
        return new SqlRequestShares(archive, connections, nodes, clock, StepScheduler.lease(engine.heartbeat()));
    }

    /** Closes all connections. Closing again does nothing. */
    @Override
    public void close() {
        connections.close();
    }

    /** Logs the names of URL parameters that have no effect; their values may be secret. */
    private static void warnOfParameters(Dialect dialect, String url) {
        int mark = url.indexOf('?');
        String ignored = Arrays.stream(url.substring(mark + 1).split("&"))
                .map(pair -> pair.replaceFirst("=.*", ""))
                .filter(name -> !dialect.takes(name))
                .collect(Collectors.joining("&"));
        if (mark >= 0 && !ignored.isEmpty()) {
            LOG.warn("the database URL's parameters are ignored: {}", ignored.replaceAll("[^A-Za-z0-9_&.-]", "?"));
        }
    }

    private static boolean canConnect(Dialect dialect, DatabaseConfig config, int attempt) {
        try (Connection connection = dialect.connect(config.busyTimeout(), Dialect.Use.OPEN)) {
            return !connection.isClosed();
        } catch (SQLException e) {
            if (attempt >= config.connectAttempts() || !dialect.mayPass(e)) {
                throw Connections.unavailable(dialect, e);
            }
            LOG.warn(
                    "the database ({}) cannot be reached, try {} of {}, the next in {} s: {}",
                    dialect,
                    attempt,
                    config.connectAttempts(),
                    config.connectWait().toSeconds(),
                    SqlReason.of(dialect, e));
            return false;
        }
    }

    private static void pause(Dialect dialect, Duration wait) {
        try {
            Thread.sleep(wait.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Connections.unavailable(dialect, new IOException("interrupted", e));
        }
    }
}
