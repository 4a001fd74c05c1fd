package dev.cartd.store.carts;

import dev.cartd.spi.CartDetailsContract;
import dev.cartd.spi.CartStore;
import dev.cartd.store.OneDatabase;
import dev.cartd.store.SqliteFixture;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class SqliteDetailsTest extends CartDetailsContract {
    @TempDir
    private Path directory;

    @RegisterExtension
    private final OneDatabase opened = new OneDatabase();

    @Override
    protected CartStore open(InstantSource clock) throws IOException {
        return opened.open(SqliteFixture.synced(directory), clock);
    }
}
