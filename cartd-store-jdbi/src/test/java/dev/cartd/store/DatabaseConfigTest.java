package dev.cartd.store;

import dev.cartd.store.postgres.Postgres;
import dev.cartd.store.sql.Dialect;
import dev.cartd.store.sqlite.Sqlite;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DatabaseConfigTest {
    @ParameterizedTest
    @CsvSource({
        "sqlite:////srv/cartd/db.sqlite3, /srv/cartd/db.sqlite3",
        "sqliteext:////srv/cartd/db.sqlite3, /srv/cartd/db.sqlite3",
        "SQLite:////srv/a b/d%20b.sqlite3, /srv/a b/d%20b.sqlite3",
        "sqliteext:////srv/db.sqlite3?pragmas=foreign_keys&timeout=5, /srv/db.sqlite3",
        "jdbc:sqlite:/srv/db.sqlite3, /srv/db.sqlite3",
        "jdbc:sqlite:/srv/db.sqlite3?journal_mode=OFF, /srv/db.sqlite3",
    })
    void aUrlNamesAFile(String url, String file) {
        assertThat(DatabaseUrl.dialect(url)).isEqualTo(new Sqlite(Path.of(file)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite:///db.sqlite3", "sqliteext:///./db.sqlite3", "jdbc:sqlite:db.sqlite3"})
    void threeSlashesAreRelative(String url) {
        assertThat(DatabaseUrl.dialect(url))
                .isEqualTo(new Sqlite(Path.of("db.sqlite3").toAbsolutePath()));
    }

    @ParameterizedTest
    @CsvSource({
        "sqlite:///:memory:, must be a file",
        "sqliteext:///:memory:, must be a file",
        "sqlite:///:MEMORY:?x=1, must be a file",
        "sqlite:///, must be a file",
        "jdbc:sqlite:, must be a file",
        "jdbc:sqlite::memory:, must be a file",
        "jdbc:sqlite:file:x?mode=memory, must be a file",
        "sqlite://db.sqlite3, three or four slashes",
        "sqlite:db.sqlite3, three or four slashes",
        "postgresql://cart:geheim@db, names no database",
        "postgres://cart:geheim@db:0/cart, port must be",
        "postgres://cart:geheim@db:77777/cart, port must be",
        "postgres://cart:geheim@db:77777777/cart, %2F",
        "postgresql://cart:geh/eheim@db/cart, %2F",
        "postgresql://cart:geheim?geheim@db/cart, %2F",
        "postgresql://cart:geheim#x@db/cart, %2F",
        "postgresql://cart:x@geheim@h st/cart, %2F",
        "postgresql://db/cart/geheim, %2F",
        "jdbc:postgresql://db/?password=geheim, names no database",
        "mysql://cart:geheim@db/cart, docs/operating.md",
        "jdbc:mariadb://db/cart?password=geheim, docs/operating.md",
        "oracle://cart:geheim@db/cart, no kind that is supported",
        "geheim, no kind that is supported",
        "'', no kind that is supported",
        "jdbc:geheim, no kind that is supported",
    })
    void whatIsNotSupportedIsRefusedWithASentenceAndWithoutThePassword(String url, String sentence) {
        assertThatThrownBy(() -> config(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(sentence)
                .hasMessageNotContaining("geheim")
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @CsvSource({
        "postgresql://me:pw@db.example.org:5433/cart, db.example.org, 5433, cart, me, pw",
        "postgres://me:pw@db/cart, db, 5432, cart, me, pw",
        "PostgreSQL://me@[::1]/cart, [::1], 5432, cart, me, ''",
        "postgresql:///cart, localhost, 5432, cart, '', ''",
        "postgresql://:pw@/cart, localhost, 5432, cart, '', pw",
        "postgresql://m%40e:p%2Fw%3A%3F%23%25%20+%zz@db/c%20art, db, 5432, c art, m@e, p/w:?#% +%zz",
        "postgresql://me:a@b:c@db:/cart, db, 5432, cart, me, a@b:c",
        "postgresql://me:p\u00fc%C3%BC@db/cart, db, 5432, cart, me, p\u00fc\u00fc",
        "jdbc:postgresql:cart, localhost, 5432, cart, '', ''",
        "jdbc:postgresql://db:6000/cart?user=me&password=p%26w, db, 6000, cart, me, p&w",
    })
    void aUrlNamesADatabaseOfAServer(String url, String host, int port, String name, String user, String password) {
        assertThat(DatabaseUrl.dialect(url)).isEqualTo(new Postgres(host + ":" + port, name, user, password, Map.of()));
    }

    @Test
    void parametersForEncryptionGoToTheDriver() {
        Dialect dialect = DatabaseUrl.dialect(
                "postgresql://me:geheim@db/cart?sslmode=verify-full&options=-c%20x&sslrootcert=%2Fa%20b");

        assertThat(dialect.properties(Duration.ofSeconds(1), Dialect.Use.READ))
                .containsEntry("sslmode", "verify-full")
                .containsEntry("sslrootcert", "/a b")
                .containsEntry("password", "geheim")
                .doesNotContainKey("options");
        assertThat(dialect.settings(Duration.ofSeconds(1), Dialect.Use.READ))
                .containsExactly("set statement_timeout = '60s'; set lock_timeout = '4s'");
        assertThat(dialect.takes("options")).isFalse();
        assertThat(dialect.jdbcUrl()).isEqualTo("jdbc:postgresql://db:5432/cart");
    }

    @Test
    void numbersThatCannotBeRightAreRefused() {
        Duration second = Duration.ofSeconds(1);
        DatabaseConfig config = config("sqlite:///x");
        assertThatThrownBy(() -> config.withConnectAttempts(0)).hasMessageContaining("connect_attempts");
        assertThatThrownBy(() -> config.withConnectWait(second.negated())).hasMessageContaining("connect_wait");
        assertThatThrownBy(() -> config.withBusyTimeout(Duration.ZERO)).hasMessageContaining("busy_timeout");
        assertThatThrownBy(() -> config.withBusyTimeout(Duration.ofDays(2))).hasMessageContaining("busy_timeout");
        assertThatThrownBy(() -> new EngineConfig(0, second)).hasMessageContaining("parallel_carts");
        assertThatThrownBy(() -> new EngineConfig(1, Duration.ZERO)).hasMessageContaining("heartbeat");
    }

    @Test
    void itsTextIsThePlaceOnly() {
        assertThat(config("sqlite:////srv/db?password=geheim")).hasToString("DatabaseConfig[SQLite /srv/db]");
        assertThat(config("postgres://me:geheim@db/cart?password=geheim"))
                .hasToString("DatabaseConfig[PostgreSQL db:5432/cart]");
    }

    private static DatabaseConfig config(String url) {
        return DatabaseConfig.of(url);
    }
}
