package dev.cartd.store.postgres;

import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import dev.cartd.store.sql.Dialect;
import dev.cartd.store.sql.FileWatch;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * A database of a PostgreSQL server, version 11 or newer.
 *
 * <p>Every wait has a timeout. Reading connections notice a server that is unreachable or hangs after seconds, writing
 * ones after half a minute. The server ends a transaction whose client is paused, so that its locks do not block others
 * for long. Transactions are READ COMMITTED. Advisory locks, which end with the transaction, keep apart transactions
 * that must not overlap, since a cart that does not exist yet has no row to lock. A uid has a lock of its own: so a
 * giant request holds up only requests for the same uid.
 *
 * <p>Settings are made by statements after connecting, since PgBouncer refuses them as connection parameters.
 *
 * @param servers host and port of each server that may be the primary server, {@code host:port,host:port}
 * @param name the name of the database
 * @param user the user; empty for the driver's default
 * @param password the password; empty for none
 * @param parameters further parameters for the driver
 */
public record Postgres(String servers, String name, String user, String password, Map<String, String> parameters)
        implements Dialect {
    private static final String SCHEMA_PATH = "currentSchema";
    private static final String PRIMARY = "primary";

    private static final int READ_SECONDS = 4;
    private static final int WRITE_SECONDS = 30;
    private static final int CONNECT_SECONDS = 3;

    /** After this time the driver tries a server again that was away or not the primary server. */
    private static final int RECHECK_SECONDS = 2;

    /** The first key of cartd's advisory locks; the second one is the kind of lock. */
    private static final int LOCK_SPACE = 0x63617274;

    private static final int ROOM = 1;
    private static final int NUMBERS = 2;
    private static final int SCHEMA = 3;
    private static final int SHARES = 4;
    private static final int PULLS = 5;
    private static final int VOLUME = 6;

    /** Up to this many numbers are skipped one by one. */
    private static final int SMALL_GAP = 1000;

    private static final long HIGHEST_NUMBER = Integer.MAX_VALUE - 1_000_000L;
    private static final String SEQUENCE = "coalesce(pg_get_serial_sequence('cart', 'id'), 'cart_id_seq')";

    /** SQL states: cannot connect now, too many connections, shut down by an administrator or after a crash. */
    private static final Set<String> TRANSIENT = Set.of("57P03", "53300", "57P01", "57P02");

    /** SQL state: a write on a server that is read-only or in recovery. */
    private static final String READ_ONLY = "25006";

    /**
     * SQL states after which the connection cannot be used any more: read-only, in recovery, ended while idle, a system
     * error.
     */
    private static final Set<String> SPOILT = Set.of(READ_ONLY, "55000", "25P03", "57P05", "58000", "58030");

    private static final Map<String, String> MESSAGES = Map.of(
            READ_ONLY,
            "it is read-only now, as a standby is",
            "53100",
            "its disk is full",
            "57P01",
            "it was shut down",
            "57P02",
            "it crashed, and starts again",
            "57P03",
            "it is starting or stopping");

    /**
     * The database of a URL.
     *
     * @param rest the part of the URL after {@code postgresql:}
     * @throws IllegalArgumentException if the URL is invalid; the message never contains a part that may be a password
     */
    public static Postgres of(String rest) {
        PostgresUrl url = PostgresUrl.parse(rest);
        return new Postgres(url.servers(), url.name(), url.user(), url.password(), url.passed());
    }

    @Override
    public String jdbcUrl() {
        return "jdbc:postgresql://" + servers + "/" + URLEncoder.encode(name, StandardCharsets.UTF_8);
    }

    @Override
    public Properties properties(Duration busyTimeout, Use use) {
        Properties properties = new Properties();
        properties.putAll(parameters);
        properties.remove(SCHEMA_PATH);
        if (!user.isEmpty()) {
            properties.setProperty("user", user);
        }
        if (!password.isEmpty()) {
            properties.setProperty("password", password);
        }
        properties.setProperty("ApplicationName", "cartd");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS));
        properties.setProperty("loginTimeout", Integer.toString(loginSeconds()));
        properties.setProperty("hostRecheckSeconds", Integer.toString(RECHECK_SECONDS));
        properties.setProperty("reWriteBatchedInserts", "true");
        properties.setProperty(
                "socketTimeout",
                Integer.toString(
                        switch (use) {
                            case OPEN, READ -> READ_SECONDS;
                            case WRITE -> WRITE_SECONDS;
                            case SYNC -> 0;
                        }));
        if (use == Use.WRITE || use == Use.SYNC || servers.contains(",")) {
            properties.putIfAbsent(PostgresUrl.TARGET, PRIMARY);
        }
        return properties;
    }

    /** The timeout for connecting, for all servers together and including the resolution of their names. */
    private int loginSeconds() {
        return CONNECT_SECONDS * servers.split(",").length + 2;
    }

    /** Sets timeouts in the server: for statements, for locks, and for the transaction of a client that is paused. */
    @Override
    public List<String> settings(Duration busyTimeout, Use use) {
        String limits = switch (use) {
            case OPEN, READ -> "set statement_timeout = '60s'; set lock_timeout = '" + READ_SECONDS + "s'";
            case WRITE ->
                "set statement_timeout = '60s'; set lock_timeout = '20s';"
                        + " set idle_in_transaction_session_timeout = '15s'";
            case SYNC -> "set statement_timeout = 0; set lock_timeout = '" + busyTimeout.toMillis() + "ms'";
        };
        return Optional.ofNullable(parameters.get(SCHEMA_PATH))
                .map(path -> "select set_config('search_path', '" + path.replace("'", "''") + "', false)")
                .map(path -> List.of(limits, path))
                .orElse(List.of(limits));
    }

    @Override
    public boolean takes(String parameter) {
        return PostgresUrl.takes(parameter);
    }

    @Override
    public void checkPlace() {
        // Only the server can check this.
    }

    @Override
    public boolean exists() {
        return true;
    }

    @Override
    public void makePlace() {
        // The administrator of the server creates databases.
    }

    @Override
    public boolean mayPass(SQLException failure) {
        return state(failure).startsWith("08") || TRANSIENT.contains(state(failure));
    }

    @Override
    public boolean isAway(SQLException failure) {
        String state = state(failure);
        return mayPass(failure) || state.equals(READ_ONLY) || state.startsWith("53") || state.startsWith("58");
    }

    @Override
    public boolean isSpoilt(SQLException failure) {
        return SPOILT.contains(state(failure));
    }

    @Override
    public boolean isDemoted(SQLException failure) {
        return state(failure).equals(READ_ONLY);
    }

    @Override
    public Optional<String> plain(SQLException failure) {
        String message = String.valueOf(failure.getMessage());
        if (message.endsWith("timed out.")) {
            return Optional.of("no answer in time");
        }
        boolean noPrimary = message.contains(PostgresUrl.TARGET);
        return Optional.ofNullable(MESSAGES.get(noPrimary ? READ_ONLY : state(failure)));
    }

    @Override
    public FileWatch watch(Duration busyTimeout) {
        return FileWatch.NOTHING;
    }

    private static String state(SQLException failure) {
        return String.valueOf(failure.getSQLState());
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
    public Optional<Set<String>> connected(Handle handle) {
        return Optional.of(handle.createQuery("select application_name from pg_stat_activity"
                        + " where datname = current_database() and application_name is not null")
                .mapTo(String.class)
                .set());
    }

    @Override
    public JdbcCustomization steps(Picks picks) {
        return new PostgresSteps(picks);
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
        handle.execute("select pg_advisory_xact_lock(hashtextextended(?, ?))", uid, (long) LOCK_SPACE);
    }

    @Override
    public void lock(Handle handle, Lock lock) {
        lock(
                handle,
                switch (lock) {
                    case ROOM -> ROOM;
                    case SHARES -> SHARES;
                    case PULLS -> PULLS;
                    case VOLUME -> VOLUME;
                });
    }

    @Override
    public void lockSchema(Connection transaction) throws SQLException {
        try (Statement statement = transaction.createStatement()) {
            statement.execute("select pg_advisory_xact_lock(" + LOCK_SPACE + ", " + SCHEMA + ")");
        }
    }

    @Override
    public void identify(Connection transaction) {
        // Only the server changes its files.
    }

    /**
     * Ids come from the sequence that Pacifica Cartd uses, so that both can add carts. The sequence is raised if the
     * volume has carts with higher ids, or if the database was restored without it.
     */
    @Override
    public long nextNumber(Handle handle, long above) {
        long highest = handle.select("select coalesce(max(id), 0) from cart")
                .mapTo(Long.class)
                .one();
        // Pacifica Cartd's column cannot hold such an id, so a directory with it is not of this database.
        long floor = above > HIGHEST_NUMBER ? highest : Math.max(above, highest);
        long number = next(handle);
        return number > floor ? number : raised(handle, floor);
    }

    /**
     * Raises the sequence above {@code floor}. Other transactions use the sequence at the same time, and {@code setval}
     * could set it back: so the last numbers are skipped one by one.
     */
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
        handle.execute("select pg_advisory_xact_lock(?, ?)", LOCK_SPACE, which);
    }

    @Override
    public void expectMuch(Connection connection) throws SQLException {
        connection.setNetworkTimeout(
                Runnable::run, Math.toIntExact(Duration.ofSeconds(WRITE_SECONDS).toMillis()));
    }

    @Override
    public String toString() {
        return "PostgreSQL " + servers + "/" + name;
    }
}
