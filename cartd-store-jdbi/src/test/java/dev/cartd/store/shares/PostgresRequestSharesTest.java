package dev.cartd.store.shares;

import dev.cartd.spi.RequestShares;
import dev.cartd.spi.RequestSharesContract;
import dev.cartd.store.DatabaseConfig;
import dev.cartd.store.PostgresFixture;
import dev.cartd.store.sql.Connections;
import dev.cartd.store.sql.Nodes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

class PostgresRequestSharesTest extends RequestSharesContract {
    private static @Nullable DatabaseConfig config;

    private final Deque<Connections> opened = new ArrayDeque<>();

    @BeforeAll
    static void create() {
        config = PostgresFixture.synced();
    }

    @Override
    protected RequestShares open(InstantSource clock, Duration lease) {
        opened.push(PostgresFixture.connections(Objects.requireNonNull(config)));
        return new SqlRequestShares("", opened.element(), new Nodes(opened.element()), clock, lease);
    }

    @AfterEach
    void closeAll() {
        opened.element().write(handle -> handle.execute("truncate archivepermits"));
        opened.forEach(Connections::close);
    }
}
