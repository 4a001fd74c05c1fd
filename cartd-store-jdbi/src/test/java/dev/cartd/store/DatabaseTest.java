package dev.cartd.store;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.cartd.cart.CartException;
import dev.cartd.store.schema.SchemaCheck;
import dev.cartd.store.sql.Connections;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DatabaseTest {
    @TempDir
    private Path directory;

    @Test
    void anEmptyDatabaseIsSynced() {
        try (Database database = open("new.sqlite3")) {
            assertThat(database.check()).isEqualTo(Database.Check.EMPTY);
            assertThat(database.check().works()).isFalse();

            database.sync();
            assertThat(database.check()).isEqualTo(Database.Check.EQUAL);
            assertThat(database.check().works()).isTrue();

            database.sync();
            assertThat(database.check()).isEqualTo(Database.Check.EQUAL);
        }
    }

    @Test
    void syncPrintsNothing() throws Exception {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (Database database = open("quiet.sqlite3");
                PrintStream stream = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            System.setOut(stream);
            System.setErr(stream);
            database.sync();
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void theCheckLooksForAllThatTheChangelogHas() throws Exception {
        DatabaseConfig config = SqliteFixture.synced(directory);

        assertThat(SqliteFixture.rows(config, "select id from databasechangelog").stream()
                        .map(row -> (String) row.get("id"))
                        .collect(Collectors.toSet()))
                .isEqualTo(SchemaCheck.known(DatabaseUrl.dialect(config.url())))
                .hasSizeGreaterThan(5);
    }

    @ParameterizedTest
    @CsvSource({
        "delete from databasechangelog where id = 'steps', OUTDATED",
        "drop table databasechangelog, OUTDATED",
        "drop table cartsystem, OUTDATED",
        "delete from cartsystem, OUTDATED",
        "update cartsystem set value = 1 where part = 'major', OUTDATED",
        "'insert into databasechangelog select ''later'', author, filename, dateexecuted, 99, exectype, md5sum, description,"
                + " comments, tag, liquibase, contexts, labels, deployment_id from databasechangelog limit 1', USABLE",
        "update cartsystem set value = 1 where part = 'minor', USABLE",
        "update cartsystem set value = 3 where part = 'major', NEWER",
    })
    void theCheckTellsWhatADatabaseIs(String change, Database.Check expected) throws Exception {
        DatabaseConfig config = SqliteFixture.synced(directory);
        SqliteFixture.raw(config).useHandle(handle -> handle.execute(change));

        try (Database database = Database.open(config, InstantSource.system())) {
            assertThat(database.check()).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({"3, major", "1, minor"})
    void aNewerDatabaseIsNotSynced(int value, String part) throws Exception {
        DatabaseConfig config = SqliteFixture.synced(directory);
        SqliteFixture.raw(config)
                .useHandle(handle -> handle.execute("update cartsystem set value = ? where part = ?", value, part));

        try (Database database = Database.open(config, InstantSource.system())) {
            assertThatThrownBy(database::sync)
                    .isInstanceOf(CartException.Unavailable.class)
                    .hasMessageContaining("newer than this program");
        }
    }

    @Test
    void aMissingDirectoryIsNamed() {
        assertThatThrownBy(() -> open("nodir/x.sqlite3"))
                .isInstanceOf(CartException.Unavailable.class)
                .hasMessageContaining("no directory " + directory.resolve("nodir"));
    }

    @Test
    void aDirectoryIsNoDatabase() throws Exception {
        Files.createDirectory(directory.resolve("x.sqlite3"));

        assertThatThrownBy(() -> open("x.sqlite3"))
                .isInstanceOf(CartException.Unavailable.class)
                .hasMessageContaining("is a directory");
    }

    @Test
    void aFileThatIsNoDatabaseIsNotTriedAgain() throws Exception {
        Path file = directory.resolve("x.sqlite3");
        Files.writeString(file, "This is not a database, but a text that is long enough to tell.".repeat(20));
        DatabaseConfig patient = DatabaseConfig.of("sqlite:///" + file).withConnectWait(Duration.ofHours(1));

        assertThatThrownBy(() -> Database.open(patient, InstantSource.system()))
                .isInstanceOf(CartException.Unavailable.class)
                .hasMessageContaining("not a database")
                .hasMessageNotContaining("\n");
    }

    @Test
    void aLockedDatabaseIsTriedAsOftenAsConfiguredWithALineEach() throws Exception {
        Path file = directory.resolve("x.sqlite3");
        DatabaseConfig config = DatabaseConfig.of("sqlite:///" + file)
                .withConnectAttempts(3)
                .withConnectWait(Duration.ofMillis(1))
                .withBusyTimeout(Duration.ofMillis(1));
        try (Handle lock = SqliteFixture.raw(config).open();
                Log log = new Log(Database.class.getName())) {
            lock.execute("create table x (x)");
            lock.execute("begin exclusive");

            assertThatThrownBy(() -> Database.open(config, InstantSource.system()))
                    .isInstanceOf(CartException.Unavailable.class)
                    .hasMessageContaining("locked");

            assertThat(log.lines()).hasSize(2).allMatch(line -> line.contains("locked"));
            assertThat(log.lines().get(1)).contains("try 2 of 3");
        }
    }

    @Test
    void parametersOfTheUrlAreNamedAndIgnored() {
        DatabaseConfig config =
                DatabaseConfig.of("sqlite:///" + directory.resolve("x.sqlite3") + "?pragmas=secret&timeout=5");
        try (Log log = new Log(Database.class.getName());
                Database database = Database.open(config, InstantSource.system())) {
            assertThat(database.check()).isEqualTo(Database.Check.EMPTY);
            assertThat(log.lines()).containsExactly("the database URL's parameters are ignored: pragmas&timeout");
        }
    }

    @Test
    void statementsAreLoggedWhereThatIsWanted() throws Exception {
        DatabaseConfig plain = SqliteFixture.synced(directory);
        DatabaseConfig logged = plain.withDebugLogging(true);
        try (Log log = new Log("dev.cartd.store.sql")) {
            try (Database database = Database.open(plain, InstantSource.system())) {
                database.store().live("a-secret-uid");
            }
            assertThat(log.lines()).isEmpty();

            try (Database database = Database.open(logged, InstantSource.system())) {
                database.store().live("a-secret-uid");
            }
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("from cart where cart_uid = :uid")
                    .doesNotContain("a-secret-uid")
                    .doesNotContain("\n");
        }
    }

    @Test
    void whatIsCommittedSurvivesALossOfPowerAndReadersDoNotWait() throws Exception {
        DatabaseConfig config = SqliteFixture.synced(directory);
        try (Connections connections = SqliteFixture.connections(config)) {
            assertThat(pragma(connections, "journal_mode")).isEqualTo("wal");
            assertThat(pragma(connections, "synchronous")).isEqualTo("2");
            assertThat(pragma(connections, "foreign_keys")).isEqualTo("1");
            assertThat(pragma(connections, "busy_timeout")).isEqualTo("60000");
        }
    }

    private static String pragma(Connections connections, String name) {
        return connections.write(handle ->
                handle.createQuery("pragma " + name).mapTo(String.class).one());
    }

    private Database open(String file) {
        return Database.open(SqliteFixture.config(directory.resolve(file)), InstantSource.system());
    }

    /** What a logger logs. */
    private static final class Log implements AutoCloseable {
        private final Logger logger;
        private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

        Log(String name) {
            logger = (Logger) LoggerFactory.getLogger(name);
            appender.start();
            logger.addAppender(appender);
        }

        List<String> lines() {
            return appender.list.stream()
                    .map(ILoggingEvent::getFormattedMessage)
                    .toList();
        }

        @Override
        public void close() {
            logger.detachAppender(appender);
        }
    }
}
