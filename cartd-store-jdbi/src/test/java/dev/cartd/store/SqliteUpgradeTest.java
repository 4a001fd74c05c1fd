package dev.cartd.store;

import java.nio.file.Path;
import org.jdbi.v3.core.Jdbi;

class SqliteUpgradeTest extends UpgradeContract {
    @Override
    DatabaseConfig sample(String version) throws Exception {
        Path file = directory.resolve("cartd.sqlite3");
        OriginalSample.copy(version, file);
        return SqliteFixture.config(file);
    }

    @Override
    Jdbi raw(DatabaseConfig config) {
        return SqliteFixture.raw(config);
    }

    @Override
    String no() {
        return "0";
    }
}
