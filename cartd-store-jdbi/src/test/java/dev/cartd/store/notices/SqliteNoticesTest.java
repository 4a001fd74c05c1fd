package dev.cartd.store.notices;

import dev.cartd.store.DatabaseConfig;
import dev.cartd.store.SqliteFixture;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteNoticesTest extends NoticesContract {
    @TempDir
    private Path directory;

    @Override
    DatabaseConfig config() throws IOException {
        return SqliteFixture.synced(directory);
    }
}
