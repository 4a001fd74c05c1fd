package dev.cartd.store;

import java.time.Duration;

/**
 * Which database, and how patient to be with it. Begin with {@link #of} and change what is to be different.
 *
 * @param url {@code sqlite:///relative}, {@code sqlite:////absolute}, the same with {@code sqliteext}, {@code
 *     jdbc:sqlite:path}, {@code postgresql://user:password@host:port/database}, the same with {@code postgres}, or
 *     {@code jdbc:postgresql:}; user, password and database are percent-encoded
 * @param debugLogging whether every statement is logged
 * @param connectAttempts how often to try to connect at start; 1 or more
 * @param connectWait how long to wait between two of these tries; not negative
 * @param busyTimeout how long a statement waits for others to be done with an SQLite file, and a caller for a
 *     connection to it; how long a sync waits for others on PostgreSQL, where the rest has limits of its own; from a
 *     millisecond to a day
 */
public record DatabaseConfig(
        String url, boolean debugLogging, int connectAttempts, Duration connectWait, Duration busyTimeout) {

    /**
     * Checks all of it.
     *
     * @throws IllegalArgumentException if a value cannot be right, or the database is of a kind that is not supported;
     *     the message is one sentence that tells what is allowed, and never holds the URL, in which there may be a
     *     password
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
    }

    /**
     * This database with what suits most: ten tries to connect, 20 s between two of them, a minute for a file that is
     * locked, no statement logged.
     *
     * @throws IllegalArgumentException as the constructor
     */
    public static DatabaseConfig of(String url) {
        return new DatabaseConfig(url, false, 10, Duration.ofSeconds(20), Duration.ofSeconds(60));
    }

    /** These settings with another {@code debugLogging}. */
    public DatabaseConfig withDebugLogging(boolean value) {
        return new DatabaseConfig(url, value, connectAttempts, connectWait, busyTimeout);
    }

    /** These settings with another {@code connectAttempts}. */
    public DatabaseConfig withConnectAttempts(int value) {
        return new DatabaseConfig(url, debugLogging, value, connectWait, busyTimeout);
    }

    /** These settings with another {@code connectWait}. */
    public DatabaseConfig withConnectWait(Duration value) {
        return new DatabaseConfig(url, debugLogging, connectAttempts, value, busyTimeout);
    }

    /** These settings with another {@code busyTimeout}. */
    public DatabaseConfig withBusyTimeout(Duration value) {
        return new DatabaseConfig(url, debugLogging, connectAttempts, connectWait, value);
    }

    /** What kind of database it is and where, without the password. */
    public String place() {
        return DatabaseUrl.dialect(url).toString();
    }

    /** Without the URL's password. */
    @Override
    public String toString() {
        return "DatabaseConfig[" + place() + "]";
    }
}
