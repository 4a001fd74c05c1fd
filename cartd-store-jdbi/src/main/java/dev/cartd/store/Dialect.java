package dev.cartd.store;

import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import org.jdbi.v3.core.Handle;

/** What is special about one kind of database; chosen once, from the URL. Its text names the place, without secrets. */
sealed interface Dialect permits Sqlite, Postgres {
    /** What is allowed, for messages. */
    String FORMS = "use sqlite:///file, sqlite:////absolute/file or postgresql://user:password@host:port/database";

    /** What a connection is for: how long its statements may take depends on it. */
    enum Use {
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
        PULLS
    }

    /**
     * The dialect of this URL.
     *
     * @throws IllegalArgumentException if there is none; the message never holds what may be a password
     */
    static Dialect of(String url) {
        String scheme = scheme(url);
        return switch (scheme) {
            case "sqlite", "sqliteext" -> Sqlite.ofPeewee(url.substring(scheme.length() + 1));
            case "jdbc:sqlite" -> Sqlite.ofJdbc(url.substring(scheme.length() + 1));
            case "postgresql", "postgres", "jdbc:postgresql" ->
                PostgresUrl.parse(url.substring(scheme.length() + 1)).database();
            case "mysql", "jdbc:mysql", "mariadb", "jdbc:mariadb" ->
                throw new IllegalArgumentException("MySQL is not supported, SQLite and PostgreSQL are: " + FORMS
                        + "; docs/operating.md tells how to move");
            default -> throw new IllegalArgumentException("the database URL is of no kind that is supported: " + FORMS);
        };
    }

    private static String scheme(String url) {
        String lower = url.toLowerCase(Locale.ROOT);
        int from = lower.startsWith("jdbc:") ? "jdbc:".length() : 0;
        int colon = lower.indexOf(':', from);
        return colon < 0 ? "" : lower.substring(0, colon);
    }

    /** A connection of its own, with all settings made. */
    default Connection connect(Duration busyTimeout, Use use) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(), properties(busyTimeout, use));
    }

    /** The driver's URL, without secrets. */
    String jdbcUrl();

    /** The settings that go with it. */
    Properties properties(Duration busyTimeout, Use use);

    /** Whether a parameter of this name in the URL has an effect. */
    boolean takes(String parameter);

    /**
     * Refuses a place that cannot hold a database, however long one waits.
     *
     * @throws dev.cartd.cart.CartException.Unavailable with a message that names it
     */
    void checkPlace();

    /** Whether it makes sense to try to connect again later. */
    boolean mayPass(SQLException failure);

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

    /** A number for a cart: greater than that of any cart before and than {@code above}. */
    long nextNumber(Handle handle, long above);

    /** Prepares for a query that may take a while to answer. */
    void expectMuch(Connection connection) throws SQLException;
}
