package dev.cartd.store;

import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * A database of a PostgreSQL server, version 11 or newer.
 *
 * <p>No wait is without an end: a server that cannot be reached or hangs is noticed after seconds by who reads and after
 * half a minute by who writes, and the server ends the transaction of a client that was paused in it, so that its locks
 * hold up nobody for long. Transactions are READ COMMITTED; what must not overlap is kept apart by advisory locks, which
 * end with the transaction: no row could be locked for carts that do not exist yet, and unlike a row's they are held up
 * by nothing else, so that a giant request holds up only equal uids.
 *
 * @param parameters what the driver is told beyond
 */
record Postgres(String host, int port, String name, String user, String password, Map<String, String> parameters)
        implements Dialect {
    private static final int READ_SECONDS = 4;
    private static final int WRITE_SECONDS = 30;
    private static final int CONNECT_SECONDS = 3;

    /** Of our advisory locks; the second number says which. */
    private static final int LOCKS = 0x63617274;

    private static final int ROOM = 1;
    private static final int NUMBERS = 2;
    private static final int SCHEMA = 3;
    private static final int SHARES = 4;
    private static final int PULLS = 5;

    /** Below this it is no trouble to count. */
    private static final int SMALL_GAP = 1000;

    private static final long HIGHEST_NUMBER = Integer.MAX_VALUE - 1_000_000L;
    private static final String SEQUENCE = "coalesce(pg_get_serial_sequence('cart', 'id'), 'cart_id_seq')";

    /** Cannot connect now, too many connections, shut down by an administrator or after a crash. */
    private static final Set<String> PASSING = Set.of("57P03", "53300", "57P01", "57P02");

    @Override
    public String jdbcUrl() {
        return "jdbc:postgresql://" + host + ":" + port + "/" + URLEncoder.encode(name, StandardCharsets.UTF_8);
    }

    @Override
    public Properties properties(Duration busyTimeout, Use use) {
        Properties properties = new Properties();
        properties.putAll(parameters);
        if (!user.isEmpty()) {
            properties.setProperty("user", user);
        }
        if (!password.isEmpty()) {
            properties.setProperty("password", password);
        }
        properties.setProperty("ApplicationName", "cartd");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS));
        properties.setProperty("reWriteBatchedInserts", "true");
        properties.setProperty(
                "socketTimeout",
                Integer.toString(
                        switch (use) {
                            case READ -> READ_SECONDS;
                            case WRITE -> WRITE_SECONDS;
                            case SYNC -> 0;
                        }));
        properties.setProperty("options", options(busyTimeout, use));
        return properties;
    }

    /** The server's own limits: it ends what nobody waits for any more, and the transaction of a paused client. */
    private static String options(Duration busyTimeout, Use use) {
        return switch (use) {
            case READ -> "-c statement_timeout=60s -c lock_timeout=" + READ_SECONDS + "s";
            case WRITE -> "-c statement_timeout=60s -c lock_timeout=20s -c idle_in_transaction_session_timeout=15s";
            case SYNC -> "-c statement_timeout=0 -c lock_timeout=" + busyTimeout.toMillis() + "ms";
        };
    }

    @Override
    public boolean takes(String parameter) {
        return PostgresUrl.takes(parameter);
    }

    @Override
    public void checkPlace() {
        // Only the server knows.
    }

    @Override
    public boolean mayPass(SQLException failure) {
        String state = String.valueOf(failure.getSQLState());
        return state.startsWith("08") || PASSING.contains(state);
    }

    @Override
    public int writers() {
        return 10;
    }

    @Override
    public Duration connectionWait(Duration busyTimeout, Use use) {
        return Duration.ofSeconds(use == Use.READ ? CONNECT_SECONDS : CONNECT_SECONDS + 2);
    }

    @Override
    public Optional<Path> nodeLocks() {
        return Optional.empty();
    }

    @Override
    public void name(Properties properties, String node) {
        properties.setProperty("ApplicationName", node);
    }

    @Override
    public Optional<String> gone(String column) {
        return Optional.of(column + " not in (select application_name from pg_stat_activity"
                + " where datname = current_database() and application_name is not null)");
    }

    @Override
    public JdbcCustomization steps() {
        return new PostgresSteps();
    }

    @Override
    public String changelog() {
        return "dev/cartd/store/changelog-postgresql.sql";
    }

    @Override
    public Object moment(Instant instant) {
        return LocalDateTime.ofInstant(instant, ZoneId.systemDefault()).truncatedTo(ChronoUnit.MICROS);
    }

    @Override
    public String forUpdate() {
        return " for update";
    }

    @Override
    public void lockUid(Handle handle, String uid) {
        handle.execute("select pg_advisory_xact_lock(hashtextextended(?, ?))", uid, (long) LOCKS);
    }

    @Override
    public void lock(Handle handle, Lock lock) {
        lock(
                handle,
                switch (lock) {
                    case ROOM -> ROOM;
                    case SHARES -> SHARES;
                    case PULLS -> PULLS;
                });
    }

    @Override
    public void lockSchema(Connection transaction) throws SQLException {
        try (Statement statement = transaction.createStatement()) {
            statement.execute("select pg_advisory_xact_lock(" + LOCKS + ", " + SCHEMA + ")");
        }
    }

    /**
     * Numbers come from the sequence that the original takes them from, so that the two never meet. It is raised where
     * the volume has higher ones, or where a database was restored without it.
     */
    @Override
    public long nextNumber(Handle handle, long above) {
        long highest = handle.select("select coalesce(max(id), 0) from cart")
                .mapTo(Long.class)
                .one();
        // A directory beyond what the original's column takes is none of a cart in this database.
        long floor = above > HIGHEST_NUMBER ? highest : Math.max(above, highest);
        long number = next(handle);
        return number > floor ? number : raised(handle, floor);
    }

    /** Others go on taking numbers meanwhile: the last ones are counted, since setting it could set it back. */
    private static long raised(Handle handle, long floor) {
        lock(handle, NUMBERS);
        long number = next(handle);
        if (number < floor - SMALL_GAP) {
            handle.execute("select setval(" + SEQUENCE + ", ?)", floor);
            number = next(handle);
        }
        while (number <= floor) {
            number = next(handle);
        }
        return number;
    }

    private static long next(Handle handle) {
        return handle.select("select nextval(" + SEQUENCE + ")")
                .mapTo(Long.class)
                .one();
    }

    private static void lock(Handle handle, int which) {
        handle.execute("select pg_advisory_xact_lock(?, ?)", LOCKS, which);
    }

    @Override
    public void expectMuch(Connection connection) throws SQLException {
        connection.setNetworkTimeout(
                Runnable::run, Math.toIntExact(Duration.ofSeconds(WRITE_SECONDS).toMillis()));
    }

    @Override
    public String toString() {
        return "PostgreSQL " + host + ":" + port + "/" + name;
    }
}
