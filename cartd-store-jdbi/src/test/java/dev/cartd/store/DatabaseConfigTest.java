package dev.cartd.store;

import java.nio.file.Path;
import java.time.Duration;
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
        assertThat(Dialect.of(url)).isEqualTo(new Sqlite(Path.of(file)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite:///db.sqlite3", "sqliteext:///./db.sqlite3", "jdbc:sqlite:db.sqlite3"})
    void threeSlashesAreRelative(String url) {
        assertThat(Dialect.of(url)).isEqualTo(new Sqlite(Path.of("db.sqlite3").toAbsolutePath()));
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
        "postgresql://cart:geheim@db/cart, does not support PostgreSQL yet",
        "postgres://cart:geheim@db/cart, does not support PostgreSQL yet",
        "jdbc:postgresql://db/cart?password=geheim, does not support PostgreSQL yet",
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

    @Test
    void numbersThatCannotBeRightAreRefused() {
        Duration second = Duration.ofSeconds(1);
        String url = "sqlite:///x";
        assertThatThrownBy(() -> new DatabaseConfig(url, false, 0, second, second))
                .hasMessageContaining("connect_attempts");
        assertThatThrownBy(() -> new DatabaseConfig(url, false, 1, second.negated(), second))
                .hasMessageContaining("connect_wait");
        assertThatThrownBy(() -> new DatabaseConfig(url, false, 1, second, Duration.ZERO))
                .hasMessageContaining("busy_timeout");
        assertThatThrownBy(() -> new DatabaseConfig(url, false, 1, second, Duration.ofDays(2)))
                .hasMessageContaining("busy_timeout");
        assertThatThrownBy(() -> new EngineConfig(0, second)).hasMessageContaining("parallel_carts");
        assertThatThrownBy(() -> new EngineConfig(1, Duration.ZERO)).hasMessageContaining("heartbeat");
    }

    @Test
    void itsTextIsThePlaceOnly() {
        assertThat(config("sqlite:////srv/db?password=geheim")).hasToString("DatabaseConfig[SQLite /srv/db]");
    }

    private static DatabaseConfig config(String url) {
        return new DatabaseConfig(url, false, 10, Duration.ofSeconds(20), Duration.ofSeconds(60));
    }
}
