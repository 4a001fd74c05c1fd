package dev.cartd.store.sql;

import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * The differences between the kinds of databases. {@link Object#toString} returns the kind and the place of the
 * database, without secrets. Implementations are immutable and safe for use by many threads. Methods with a
 * {@link Handle} throw {@link org.jdbi.v3.core.JdbiException} if a statement fails.
 */
public interface Dialect {
    /** The supported forms of a URL, for error messages. */
    String FORMS = "use sqlite:///file, sqlite:////absolute/file or postgresql://user:password@host:port/database";

    /** The use of a connection, which determines the timeouts of its statements. */
    enum Use {
        /**
         * The first connection, which finds out whether the database can be reached; creates an SQLite file that does
         * not exist.
         */
        OPEN,
        /** Queries; a client may be waiting for them. */
        READ,
        /** Transactions that write. */
        WRITE,
        /** Creating or changing tables, without a time limit. */
        SYNC
    }

    /** Names of exclusive locks; only one transaction at a time holds each. */
    enum Lock {
        /** Reserving room on the volume. */
        ROOM,
        /** Changing the nodes' shares of the request limit. */
        SHARES,
        /** Marking files as being pulled. */
        PULLS,
        /** Choosing the volume of the carts. */
        VOLUME
    }

    /**
     * Opens a new connection, outside of any pool, with all settings for {@code use}.
     *
     * @throws SQLException if that fails
     */
    default Connection connect(Duration busyTimeout, Use use) throws SQLException {
        return connect(properties(busyTimeout, use), settings(busyTimeout, use));
    }

    /**
     * Opens a new connection with these properties and executes the {@code settings} on it.
     *
     * @throws SQLException if that fails
     */
    default Connection connect(Properties properties, List<String> settings) throws SQLException {
        Connection connection = DriverManager.getConnection(jdbcUrl(), properties);
        try (Statement statement = connection.createStatement()) {
            for (String setting : settings) {
                statement.execute(setting);
            }
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** A connection for a pool, which keeps prepared statements if the driver does not do that by itself. */
    default Connection keepStatements(Connection connection) {
        return connection;
    }

    /** The JDBC URL, without secrets. */
    String jdbcUrl();

    /** The connection properties that go with {@link #jdbcUrl}; they may contain the password. */
    Properties properties(Duration busyTimeout, Use use);

    /**
     * Statements to execute on a new connection, for settings that connection poolers such as PgBouncer refuse as
     * connection properties.
     */
    List<String> settings(Duration busyTimeout, Use use);

    /** Whether a URL parameter of this name has an effect. */
    boolean takes(String parameter);

    /**
     * Checks for problems that waiting cannot solve, such as a missing directory.
     *
     * @throws dev.cartd.cart.CartException.Unavailable if there is one; the message names the place
     */
    void checkPlace();

    /** Whether something exists at the place, a database or not, as far as this can be known without connecting. */
    boolean exists();

    /**
     * Creates the empty file that a first connection would create, owned by the owner of its directory. Failures are
     * ignored: the first connection reports them.
     */
    void makePlace();

    /** Whether another attempt to connect may succeed later. */
    boolean mayPass(SQLException failure);

    /**
     * Whether the failure is an outage: the database is away, or it fails everybody's statements of this kind, as on a
     * full disk.
     */
    boolean isAway(SQLException failure);

    /** Whether the connection with this failure cannot be used any more. */
    boolean isSpoilt(SQLException failure);

    /** Whether all connections that were opened before are useless: their server is not the primary server any more. */
    boolean isDemoted(SQLException failure);

    /** A message for operators for this failure; empty if the failure's own message is good enough. */
    Optional<String> plain(SQLException failure);

    /**
     * Starts to watch the files of this database. The caller closes the watch.
     *
     * @throws SQLException if the files cannot be read
     */
    FileWatch watch(Duration busyTimeout) throws SQLException;

    /** The size of the writing pool. */
    int writers();

    /** How long a caller waits for a connection of a pool. */
    Duration connectionWait(Duration busyTimeout, Use use);

    /** The file for {@link NodeLock}; empty if processes on different machines may have the database open. */
    Optional<Path> nodeLocks();

    /** Adds the node's name to the connection properties, if the database can list the names of its connections. */
    void name(Properties properties, String node);

    /** The names of the nodes that have a connection open; empty if the database does not know. */
    Optional<Set<String>> connected(Handle handle);

    /** How many steps a process picks, for where processes on different machines may have the database open. */
    interface Picks {
        /** How many more steps this process should begin. */
        int free();

        /** For how long this process leaves further ones to others, after they became due. */
        Duration left();

        /** This process has picked so many steps. */
        void picked(int count);
    }

    /** How db-scheduler reads and writes its table in this database. */
    JdbcCustomization steps(Picks picks);

    /** The class path resource with the Liquibase changelog. */
    String changelog();

    /** An instant in the form in which Pacifica Cartd stores it: the local time. */
    Object moment(Instant instant);

    /** The end of a query that locks its rows against changes until the transaction ends. */
    String forUpdate();

    /**
     * Takes a lock on this uid until the transaction ends. Every transaction that adds or deletes carts of the uid
     * takes it.
     */
    void lockUid(Handle handle, String uid);

    /** Takes this lock until the transaction ends; waits for another transaction that has it. */
    void lock(Handle handle, Lock lock);

    /**
     * Takes the lock for changing tables until {@code transaction}, which has just begun, ends.
     *
     * @throws SQLException if the lock cannot be had in time
     */
    void lockSchema(Connection transaction) throws SQLException;

    /**
     * Gives the database a random id in this transaction, if the dialect needs one and there is none.
     *
     * @throws SQLException if that fails
     */
    void identify(Connection transaction) throws SQLException;

    /** The id for a new cart: greater than the id of any earlier cart and than {@code above}. */
    long nextNumber(Handle handle, long above);

    /**
     * Raises the network timeout of the connection for a query that may run for long.
     *
     * @throws SQLException if that fails
     */
    void expectMuch(Connection connection) throws SQLException;
}
