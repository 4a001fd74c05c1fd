package dev.cartd.store;

import dev.cartd.cart.CartException;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.RequestShares;
import dev.cartd.spi.Scheduler;
import dev.cartd.store.carts.CartColumns;
import dev.cartd.store.carts.SqlCartStore;
import dev.cartd.store.engine.StepScheduler;
import dev.cartd.store.schema.Schema;
import dev.cartd.store.schema.SchemaCheck;
import dev.cartd.store.shares.SqlRequestShares;
import dev.cartd.store.space.SqlSpaceStore;
import dev.cartd.store.space.SqlVolumeStore;
import dev.cartd.store.sql.Connections;
import dev.cartd.store.sql.Dialect;
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
 * A database with carts in it. Safe for use by many threads; many processes may have the same database open.
 *
 * <p>What cannot be done because the database is away, locked, full or damaged fails with {@link
 * CartException.Unavailable} and one line that says so. No message or log line ever holds a password.
 */
public final class Database implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    private final Dialect dialect;
    private final DatabaseConfig config;
    private final InstantSource clock;
    private final Connections connections;

    /** What a database is to this program. */
    public enum Check {
        /** There are no tables at all: {@link Database#sync} makes them. */
        EMPTY,
        /** There are tables, but none of carts: perhaps it is another program's. {@link Database#sync} adds them. */
        FOREIGN,
        /** An older program made it: {@link Database#sync} brings it up to date. */
        OUTDATED,
        /** This program can work with it, though another one changed it since. */
        USABLE,
        /** It is exactly what {@link Database#sync} makes. */
        EQUAL,
        /** A program made it that this one knows nothing about. */
        NEWER;

        /** Whether this program can work with it. */
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
    }

    /**
     * Connects, trying as often as the configuration says. A SQLite file that does not exist is made, empty.
     *
     * @param clock tells the times that are stored
     * @throws CartException.Unavailable if there is no connection in the end, or at once where waiting cannot help
     */
    public static Database open(DatabaseConfig config, InstantSource clock) {
        Dialect dialect = DatabaseUrl.dialect(config.url());
        warnOfParameters(dialect, config.url());
        dialect.checkPlace();
        dialect.makePlace();
        for (int attempt = 1; !reaches(dialect, config, attempt); attempt++) {
            pause(dialect, config.connectWait());
        }
        return new Database(dialect, config, clock);
    }

    /** Whether there is something to open: not where it would be a SQLite file that does not exist. Makes nothing. */
    public static boolean exists(DatabaseConfig config) {
        return DatabaseUrl.dialect(config.url()).exists();
    }

    /**
     * Makes the tables of an empty database, or brings older ones up to date; carts in it stay. Several at once wait
     * for each other.
     *
     * @return what this did; where others did it at the same moment, they may tell of the same
     * @throws CartException.Unavailable also if the database is newer than this program
     */
    public Synced sync() {
        if (connections.read(handle -> new SchemaCheck(handle, dialect).isAhead())) {
            String message = "the database (" + dialect + ") is newer than this program: update cartd";
            throw new CartException.Unavailable(
                    message, new IllegalStateException("it is above 2.0, or our changelog"));
        }
        SchemaCheck.Found before = found();
        Schema.sync(dialect, config.busyTimeout());
        return Synced.between(before, found());
    }

    private SchemaCheck.Found found() {
        return connections.read(handle -> new SchemaCheck(handle, dialect).found());
    }

    /** What the database is to this program; cheap. */
    public Check check() {
        return connections.read(handle -> Check.of(new SchemaCheck(handle, dialect)));
    }

    /** All live carts with their files, newest first, for people and other programs; read while they are taken. */
    public Stream<StoredCart> dump() {
        CartColumns columns = new CartColumns(connections);
        return columns.carts().map(cart -> new StoredCart(cart, columns.files(cart)));
    }

    /** The columns of one cart, live or not; empty if there is no such row. */
    public Optional<Map<String, String>> columns(long cartId) {
        return new CartColumns(connections).cart(cartId);
    }

    /** How many deleted carts there are of which something may still be on the volume. */
    public long leftOver() {
        return carts().leftOver();
    }

    /** The carts. Closing it closes nothing: the database does. */
    public CartStore store() {
        return carts();
    }

    private SqlCartStore carts() {
        return new SqlCartStore(
                connections,
                clock,
                new SqlTwinStore(connections, clock),
                new SqlSpaceStore(connections, clock),
                new SqlVolumeStore(connections, clock));
    }

    /**
     * An engine that lasts: what was woken and not done is run by who starts next. To be closed before the database.
     * Its wakes never fail: one that the database did not take is made up for within half a minute.
     */
    public Scheduler scheduler(EngineConfig engine) {
        return new StepScheduler(connections, engine.parallelCarts(), engine.heartbeat());
    }

    /**
     * Shares out the requests to the archive among all that have this database open; this is one node of them. It goes
     * by this database's clock, which all must have in step. To be used once, and not after the database is closed.
     */
    public RequestShares requestShares(EngineConfig engine) {
        return new SqlRequestShares(connections, clock, StepScheduler.lease(engine.heartbeat()));
    }

    /** Closes all connections. */
    @Override
    public void close() {
        connections.close();
    }

    /** Names what a URL asks for and does not get; values stay out of the log. */
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

    private static boolean reaches(Dialect dialect, DatabaseConfig config, int attempt) {
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
