package dev.cartd.store.sqlite;

import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import dev.cartd.cart.CartException;
import dev.cartd.store.sql.Dialect;
import dev.cartd.store.sql.EpochMillis;
import dev.cartd.store.sql.FileWatch;
import dev.cartd.store.sql.LocalTimeText;
import dev.cartd.system.FileOwner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jdbi.v3.core.Handle;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteOpenMode;

/**
 * A database in an SQLite file. It uses a write-ahead log, so that readers never wait for a writer;
 * {@code synchronous=FULL}, so that committed changes survive a loss of power; and foreign keys. A transaction takes
 * the write lock when it begins ({@code IMMEDIATE}), since SQLite may refuse a later request for the lock without
 * waiting.
 *
 * @param file the absolute path of the file
 */
public record Sqlite(Path file) implements Dialect {
    /** The messages for failures that affect every user of the database until an operator fixes them. */
    private static final Map<SQLiteErrorCode, String> BROKEN = Map.of(
            SQLiteErrorCode.SQLITE_FULL, "its disk is full",
            SQLiteErrorCode.SQLITE_IOERR, "its disk fails",
            SQLiteErrorCode.SQLITE_CORRUPT, "the file is damaged: put a backup back",
            SQLiteErrorCode.SQLITE_NOTADB, "the file is not a database",
            SQLiteErrorCode.SQLITE_READONLY, "the file, or its directory, is read-only",
            SQLiteErrorCode.SQLITE_PERM, "there is no permission to open the file",
            SQLiteErrorCode.SQLITE_CANTOPEN, "the file cannot be opened");

    private static final String FORMS = "use sqlite:///file or sqlite:////absolute/file";
    private static final String NEXT_NUMBER = """
            update cartnumber set last = 1 + (select max(n) from (
                select last as n from cartnumber
                union all select coalesce(max(id), 0) from cart
                union all select :above) as numbers)
            returning last""";

    /**
     * The database of a URL in peewee's form: three slashes are followed by a relative path, four by an absolute one.
     *
     * @param rest the part of the URL after {@code sqlite:}
     * @throws IllegalArgumentException if it names no file
     */
    public static Sqlite ofPeewee(String rest) {
        if (!rest.startsWith("///")) {
            throw new IllegalArgumentException("an SQLite URL has three or four slashes: " + FORMS);
        }
        return of(rest.substring(3));
    }

    /**
     * The database of a JDBC URL.
     *
     * @param rest the part of the URL after {@code jdbc:sqlite:}
     * @throws IllegalArgumentException if it names no file
     */
    public static Sqlite ofJdbc(String rest) {
        return of(rest);
    }

    private static Sqlite of(String pathAndQuery) {
        int mark = pathAndQuery.indexOf('?');
        String path = mark < 0 ? pathAndQuery : pathAndQuery.substring(0, mark);
        String lower = path.toLowerCase(Locale.ROOT);
        if (lower.isEmpty()
                || lower.startsWith(":memory:")
                || lower.startsWith("file:")
                || lower.startsWith(":resource:")) {
            throw new IllegalArgumentException(
                    "an SQLite database must be a file, since cartd opens many connections and"
                            + " a database in memory allows one: " + FORMS);
        }
        try {
            return new Sqlite(Path.of(path).toAbsolutePath().normalize());
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("the SQLite URL's path is not valid on this system: " + FORMS, e);
        }
    }

    @Override
    public Connection keepStatements(Connection connection) {
        return KeptStatements.of(connection);
    }

    @Override
    public String jdbcUrl() {
        return "jdbc:sqlite:" + file;
    }

    @Override
    public Properties properties(Duration busyTimeout, Use use) {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout(Math.toIntExact(busyTimeout.toMillis()));
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        config.enforceForeignKeys(true);
        if (use == Use.READ || use == Use.WRITE) {
            // Otherwise a new connection would create a file that was removed again, empty.
            config.resetOpenMode(SQLiteOpenMode.CREATE);
        }
        return config.toProperties();
    }

    @Override
    public List<String> settings(Duration busyTimeout, Use use) {
        return List.of(); // The driver sets everything by properties.
    }

    @Override
    public boolean takes(String parameter) {
        return false;
    }

    @Override
    public void checkPlace() {
        SqliteLibrary.load();
        Path parent = Optional.ofNullable(file.getParent()).orElse(file);
        if (!Files.isDirectory(parent)) {
            throw new CartException.Unavailable(
                    "the database " + file + " cannot be opened: there is no directory " + parent + ", make it first",
                    new NoSuchFileException(parent.toString()));
        }
        if (Files.isDirectory(file)) {
            throw new CartException.Unavailable(
                    "the database " + file + " cannot be opened: it is a directory",
                    new NotDirectoryException(file.toString()));
        }
    }

    @Override
    public boolean exists() {
        return Files.exists(file);
    }

    /** If root runs this, SQLite creates the files beside the database with the database's owner. */
    @Override
    public void makePlace() {
        if (exists()) {
            return;
        }
        try {
            FileOwner.giveToOwner(Files.createFile(file));
        } catch (IOException e) {
            LoggerFactory.getLogger(Sqlite.class)
                    .debug("the database file cannot be created, the first connection says why", e);
        }
    }

    @Override
    public boolean mayPass(SQLException failure) {
        return code(failure) == SQLiteErrorCode.SQLITE_BUSY || code(failure) == SQLiteErrorCode.SQLITE_LOCKED;
    }

    @Override
    public boolean isAway(SQLException failure) {
        return failure instanceof LostFileException || BROKEN.containsKey(code(failure));
    }

    @Override
    public boolean isSpoilt(SQLException failure) {
        return BROKEN.containsKey(code(failure)) && code(failure) != SQLiteErrorCode.SQLITE_FULL;
    }

    @Override
    public boolean isDemoted(SQLException failure) {
        return false;
    }

    @Override
    public Optional<String> plain(SQLException failure) {
        SQLiteErrorCode code = code(failure);
        String sentence = mayPass(failure)
                ? "another program has it locked, and does not let go of it"
                : BROKEN.getOrDefault(code, "");
        return sentence.isEmpty() ? Optional.empty() : Optional.of(sentence + " [" + code.name() + "]");
    }

    @Override
    public FileWatch watch(Duration busyTimeout) throws SQLException {
        return SqliteFiles.watch(file, connect(busyTimeout, Use.OPEN));
    }

    private static SQLiteErrorCode code(SQLException failure) {
        return SQLiteErrorCode.getErrorCode(failure.getErrorCode() & 0xff);
    }

    /** SQLite has one writer at a time: a second connection would only poll for the lock, and get it out of turn. */
    @Override
    public int writers() {
        return 1;
    }

    /** SQLite relies on the same kind of locks: where they do not work, the database does not either. */
    @Override
    public Optional<Path> nodeLocks() {
        return Optional.of(file.resolveSibling(file.getFileName() + "-nodes"));
    }

    @Override
    public void name(Properties properties, String node) {
        // SQLite does not know who has the file open.
    }

    @Override
    public Optional<Set<String>> connected(Handle handle) {
        return Optional.empty();
    }

    @Override
    public JdbcCustomization steps(Picks picks) {
        return new EpochMillis();
    }

    @Override
    public Object moment(Instant instant) {
        return LocalTimeText.format(instant);
    }

    @Override
    public Duration connectionWait(Duration busyTimeout, Use use) {
        return busyTimeout;
    }

    @Override
    public String changelog() {
        return "dev/cartd/store/changelog.sql";
    }

    @Override
    public String forUpdate() {
        return "";
    }

    @Override
    public void lockUid(Handle handle, String uid) {
        // Transactions that write run one at a time anyway.
    }

    @Override
    public void lock(Handle handle, Lock lock) {
        // See lockUid.
    }

    @Override
    public void lockSchema(Connection transaction) {
        // See lockUid.
    }

    /**
     * Sets a random {@code application_id}, so that {@link SqliteFiles} detects that another database was copied over
     * this one. Other programs ignore the number.
     */
    @Override
    public void identify(Connection transaction) throws SQLException {
        try (Statement statement = transaction.createStatement()) {
            int known;
            try (ResultSet id = statement.executeQuery("pragma application_id")) {
                known = id.next() ? id.getInt(1) : 0;
            }
            if (known == 0) {
                int drawn = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
                statement.execute("pragma application_id = " + drawn);
            }
        }
    }

    @Override
    public long nextNumber(Handle handle, long above) {
        return handle.createQuery(NEXT_NUMBER)
                .bind("above", above)
                .mapTo(Long.class)
                .one();
    }

    @Override
    public void expectMuch(Connection connection) {
        // There is no network.
    }

    @Override
    public String toString() {
        return "SQLite " + file;
    }
}
