package dev.cartd.store;

import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Properties;

/** What is special about one kind of database; chosen once, from the URL. Its text names the place, without secrets. */
sealed interface Dialect permits Sqlite {
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
                throw new IllegalArgumentException(
                        "this version of cartd does not support PostgreSQL yet: use sqlite:///file or sqlite:////absolute/file");
            case "mysql", "jdbc:mysql", "mariadb", "jdbc:mariadb" ->
                throw new IllegalArgumentException(
                        "MySQL is not supported, SQLite is (sqlite:////absolute/file): docs/operating.md tells how to move");
            default ->
                throw new IllegalArgumentException(
                        "the database URL is of no kind that is supported: use sqlite:///file or sqlite:////absolute/file");
        };
    }

    private static String scheme(String url) {
        String lower = url.toLowerCase(Locale.ROOT);
        int from = lower.startsWith("jdbc:") ? "jdbc:".length() : 0;
        int colon = lower.indexOf(':', from);
        return colon < 0 ? "" : lower.substring(0, colon);
    }

    /** A connection of its own, with all settings made. */
    default Connection connect(Duration busyTimeout) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(), properties(busyTimeout));
    }

    /** The driver's URL, without secrets. */
    String jdbcUrl();

    /** The settings that go with it. */
    Properties properties(Duration busyTimeout);

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

    /** How db-scheduler talks to it. */
    JdbcCustomization steps();

    /** A moment in the form that the original stores. */
    Object moment(Instant instant);
}
