package dev.cartd.store.space;

import dev.cartd.spi.CartStore;
import dev.cartd.spi.VolumeStoreContract;
import dev.cartd.store.Database;
import dev.cartd.store.DatabaseConfig;
import dev.cartd.store.PostgresFixture;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

class PostgresVolumeStoreTest extends VolumeStoreContract {
    private static @Nullable DatabaseConfig config;

    private @Nullable Database database;

    @BeforeAll
    static void create() {
        config = PostgresFixture.synced();
    }

    @Override
    protected CartStore open(InstantSource clock) {
        DatabaseConfig synced = Objects.requireNonNull(config);
        PostgresFixture.clear(synced);
        database = Database.open(synced, clock);
        return database.store();
    }

    @AfterEach
    void closeDatabase() {
        Objects.requireNonNull(database).close();
    }
}
