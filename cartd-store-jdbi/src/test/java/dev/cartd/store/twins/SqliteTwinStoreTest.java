package dev.cartd.store.twins;

import dev.cartd.spi.CartStore;
import dev.cartd.spi.TwinStoreContract;
import dev.cartd.store.Database;
import dev.cartd.store.SqliteFixture;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteTwinStoreTest extends TwinStoreContract {
    @TempDir
    private Path directory;

    private @Nullable Database database;

    @Override
    protected CartStore open(InstantSource clock) throws IOException {
        database = Database.open(SqliteFixture.synced(directory), clock);
        return database.store();
    }

    @AfterEach
    void closeDatabase() {
        Objects.requireNonNull(database).close();
    }
}
