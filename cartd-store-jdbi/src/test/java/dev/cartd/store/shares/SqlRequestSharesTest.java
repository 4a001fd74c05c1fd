package dev.cartd.store.shares;

import dev.cartd.cart.CartException;
import dev.cartd.spi.RequestShares;
import dev.cartd.spi.RequestSharesContract;
import dev.cartd.store.DatabaseConfig;
import dev.cartd.store.SqliteFixture;
import dev.cartd.store.sql.Connections;
import dev.cartd.store.sql.Nodes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SqlRequestSharesTest extends RequestSharesContract {
    @TempDir
    private Path directory;

    private final Deque<Connections> opened = new ArrayDeque<>();
    private @Nullable DatabaseConfig config;

    @Override
    protected RequestShares open(InstantSource clock, Duration lease) throws IOException {
        opened.push(SqliteFixture.connections(config()));
        return new SqlRequestShares("", opened.element(), new Nodes(opened.element()), clock, lease);
    }

    @AfterEach
    void closeAll() {
        opened.forEach(Connections::close);
    }

    @Test
    void whoHasNothingToSendHasNoRow() throws IOException {
        RequestShares shares = open(InstantSource.system(), Duration.ofSeconds(12));
        shares.ask(new RequestShares.Need(1, 1, 0));
        assertThat(SqliteFixture.rows(config(), "select * from archivepermits")).hasSize(1);
        shares.ask(new RequestShares.Need(1, 0, 0));
        assertThat(SqliteFixture.rows(config(), "select * from archivepermits")).isEmpty();
    }

    @Test
    void eachArchiveHasALimitOfItsOwn() throws IOException {
        RequestShares main = open(InstantSource.system(), Duration.ofSeconds(12));
        RequestShares tape = new SqlRequestShares(
                "tape", opened.element(), new Nodes(opened.element()), InstantSource.system(), Duration.ofSeconds(12));
        RequestShares other = open(InstantSource.system(), Duration.ofSeconds(12));
        assertThat(main.ask(new RequestShares.Need(2, 9, 0)).allowed()).isEqualTo(RequestShares.ALL);
        assertThat(tape.ask(new RequestShares.Need(4, 9, 0)))
                .isEqualTo(new RequestShares.Share(RequestShares.ALL, RequestShares.ALL, Duration.ofSeconds(12)));
        assertThat(other.ask(new RequestShares.Need(8, 9, 0)).learned()).isEqualTo(2);
        assertThat(SqliteFixture.rows(config(), "select * from archivepermits")).hasSize(3);
    }

    @Test
    void aDatabaseThatIsAwayIsUnavailable() throws IOException {
        RequestShares shares = open(InstantSource.system(), Duration.ofSeconds(12));
        opened.element().close();
        assertThatThrownBy(() -> shares.ask(new RequestShares.Need(1, 1, 0)))
                .isInstanceOf(CartException.Unavailable.class);
    }

    private DatabaseConfig config() throws IOException {
        if (config == null) {
            config = SqliteFixture.synced(directory);
        }
        return config;
    }
}
