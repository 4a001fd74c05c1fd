package dev.cartd.store.twins;

import dev.cartd.spi.CartStore;
import dev.cartd.spi.TwinStoreContract;
import dev.cartd.store.OneDatabase;
import dev.cartd.store.SqliteFixture;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class SqliteTwinStoreTest extends TwinStoreContract {
    @TempDir
    private Path directory;

    @RegisterExtension
    private final OneDatabase opened = new OneDatabase();

    @Override
    protected CartStore open(InstantSource clock) throws IOException {
        return opened.open(SqliteFixture.synced(directory), clock);
    }
}
