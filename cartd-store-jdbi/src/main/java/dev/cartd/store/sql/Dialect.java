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
import org.jdbi.v3.core.Handle;

/** What is special about one kind of database; chosen once, from the URL. Its text names the place, without secrets. */
public interface Dialect {
    /** What is allowed, for messages. */
    String FORMS = "use sqlite:///file, sqlite:////absolute/file or postgresql://user:password@host:port/database";

    /** What a connection is for: how long its statements may take depends on it. */
    enum Use {
        /**
         * The first one, which finds out whether the database can be reached; makes an SQLite file that is not there.
         */
        OPEN,
        /** Short queries that somebody waits for. */
        READ,
        /** Transactions. */
        WRITE,
        /** Making or changing tables, however long that takes. */
        SYNC
    }

    /** What only one transaction at a time may do. */
    enum Lock {
        /** Decide about room. */
        ROOM,
        /** Change who may send how many requests. */
        SHARES,
        /** Begin to pull files. */
        PULLS,
        /** Choose the volume. */
        VOLUME
    }

    /** A connection of its own, with all settings made. */
    default Connection connect(Duration busyTimeout, Use use) throws SQLException {
        return connect(properties(busyTimeout, use), settings(busyTimeout, use));
    }

    /** A connection with these properties, on which these statements were executed. */
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

    /** The driver's URL, without secrets. */
    String jdbcUrl();

    /** The settings that go with it. */
    Properties properties(Duration busyTimeout, Use use);

    /** What is set on a new connection by statements, since not all that may be between takes it otherwise. */
    List<String> settings(Duration busyTimeout, Use use);

    /** Whether a parameter of this name in the URL has an effect. */
    boolean takes(String parameter);

    /**
     * Refuses a place that cannot hold a database, however long one waits.
     *
     * @throws dev.cartd.cart.CartException.Unavailable with a message that names it
     */
    void checkPlace();

    /** Whether the place holds something, a database or not, as far as can be told without connecting. */
    boolean exists();

    /** Makes what a first connection would make, for the user whose directory it is in. */
    void makePlace();

    /** Whether it makes sense to try to connect again later. */
    boolean mayPass(SQLException failure);

    /** Whether the database is away, or cannot do for anybody what this statement asked for. */
    boolean isAway(SQLException failure);

    /** Whether the connection that failed like this is of no use any more. */
    boolean isSpoilt(SQLException failure);

    /**
     * Whether other connections made before are of no use any more either: they lead to what was the primary server.
     */
    boolean isDemoted(SQLException failure);

    /** A plain sentence for this failure; empty if its own message is one. */
    Optional<String> plain(SQLException failure);

    /** Watches the files of this database while connections to it are open. */
    Watch watch(Duration busyTimeout) throws SQLException;

    /** How many connections it is worth having for writing. */
    int writers();

    /** How long a caller waits for a connection of a pool. */
    Duration connectionWait(Duration busyTimeout, Use use);

    /** The file whose locks tell which processes live, where all that can have the database open see the same locks. */
    Optional<Path> nodeLocks();

    /** Has the database know the connections of this process by its name, where it can tell whose are open. */
    void name(Properties properties, String node);

    /** The condition that the node in this column has no connection open, where the database can tell. */
    Optional<String> gone(String column);

    /** How db-scheduler talks to it. */
    JdbcCustomization steps();

    /** The resource that tells its tables. */
    String changelog();

    /** A moment in the form that the original stores. */
    Object moment(Instant instant);

    /** What a query ends with whose rows nobody shall change until this transaction ends. */
    String forUpdate();

    /** Keeps all others that would change the set of this uid's carts waiting until this transaction ends. */
    void lockUid(Handle handle, String uid);

    /** Keeps all others that would take this lock waiting until this transaction ends. */
    void lock(Handle handle, Lock lock);

    /** Keeps all others that would change tables waiting until this transaction, which has just begun, ends. */
    void lockSchema(Connection transaction) throws SQLException;

    /** Marks the database as ours in this transaction, where that is of use and was not done before. */
    void identify(Connection transaction) throws SQLException;

    /** A number for a cart: greater than that of any cart before and than {@code above}. */
    long nextNumber(Handle handle, long above);

    /** Prepares for a query that may take a while to answer. */
    void expectMuch(Connection connection) throws SQLException;
}
