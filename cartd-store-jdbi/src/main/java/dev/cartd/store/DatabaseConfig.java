package dev.cartd.store;

import java.time.Duration;
import java.util.Set;

/**
 * Which database to use, and how long to wait for it. Start with {@link #of} and change single settings with the
 * {@code with} methods. Immutable.
 *
 * @param url {@code sqlite:///relative}, {@code sqlite:////absolute}, the same with {@code sqliteext},
 *     {@code jdbc:sqlite:path}, {@code postgresql://user:password@host:port/database}, the same with {@code postgres},
 *     or {@code jdbc:postgresql:}; user, password and database are percent-encoded
 * @param debugLogging whether every statement is logged
 * @param connectAttempts the number of attempts to connect at the start; 1 or more
 * @param connectWait the pause between two attempts; not negative
 * @param busyTimeout SQLite: how long a statement waits for the lock of the file, and a caller for a free connection;
 *     PostgreSQL: how long {@link Database#sync} waits for another one, all other timeouts are fixed; from a
 *     millisecond to a day
 * @param receivers whom this process has told of all carts: {@link dev.cartd.spi.Notice#URL},
 *     {@link dev.cartd.spi.Notice#COMMAND}, both or none
 */
public record DatabaseConfig(
        String url,
        boolean debugLogging,
        int connectAttempts,
        Duration connectWait,
        Duration busyTimeout,
        Set<String> receivers) {

    /**
     * Checks all values.
     *
     * @throws IllegalArgumentException if a value is out of range or the kind of database is not supported; the message
     *     is one sentence that says what is allowed, and never contains the URL, which may contain a password
     */
    public DatabaseConfig {
        DatabaseUrl.dialect(url);
        if (connectAttempts < 1) {
            throw new IllegalArgumentException("connect_attempts must be 1 or more");
        }
        if (connectWait.isNegative()) {
            throw new IllegalArgumentException("connect_wait must not be negative");
        }
        if (busyTimeout.toMillis() < 1 || busyTimeout.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("busy_timeout must be from a millisecond to a day");
        }
        receivers = Set.copyOf(receivers);
    }

    /**
     * This database with the defaults: ten attempts to connect, 20 s between two of them, a busy timeout of one minute,
     * no statement logged.
     *
     * @throws IllegalArgumentException as the constructor
     */
    public static DatabaseConfig of(String url) {
        return new DatabaseConfig(url, false, 10, Duration.ofSeconds(20), Duration.ofSeconds(60), Set.of());
    }

    /** These settings with another {@code debugLogging}. */
    public DatabaseConfig withDebugLogging(boolean value) {
        return new DatabaseConfig(url, value, connectAttempts, connectWait, busyTimeout, receivers);
    }

    /**
     * These settings with another {@code connectAttempts}.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public DatabaseConfig withConnectAttempts(int value) {
        return new DatabaseConfig(url, debugLogging, value, connectWait, busyTimeout, receivers);
    }

    /**
     * These settings with another {@code connectWait}.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public DatabaseConfig withConnectWait(Duration value) {
        return new DatabaseConfig(url, debugLogging, connectAttempts, value, busyTimeout, receivers);
    }

    /**
     * These settings with another {@code busyTimeout}.
     *
     * @throws IllegalArgumentException if it is not from a millisecond to a day
     */
    public DatabaseConfig withBusyTimeout(Duration value) {
        return new DatabaseConfig(url, debugLogging, connectAttempts, connectWait, value, receivers);
    }

    /** These settings with other {@code receivers}. */
    public DatabaseConfig withReceivers(Set<String> value) {
        return new DatabaseConfig(url, debugLogging, connectAttempts, connectWait, busyTimeout, value);
    }

    /** The kind and the place of the database, without the password. */
    public String place() {
        return DatabaseUrl.dialect(url).toString();
    }

    /** The kind and the place of the database, without the password. */
    @Override
    public String toString() {
        return "DatabaseConfig[" + place() + "]";
    }
}
