package dev.cartd.store;

import dev.cartd.store.sql.Connections;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;

/** An SQLite database with all tables and no carts: made once by dbsync, copied for each test. */
public final class SqliteFixture {
    private static final Path TEMPLATE = template();

    private SqliteFixture() {}

    public static DatabaseConfig config(Path file) {
        return DatabaseConfig.of("sqlite:///" + file).withConnectAttempts(1);
    }

    /** A new synced database in this directory. */
    public static DatabaseConfig synced(Path directory) throws IOException {
        return config(Files.copy(TEMPLATE, directory.resolve("synced.sqlite3")));
    }

    public static Connections connections(DatabaseConfig config) {
        return new Connections(
                DatabaseUrl.dialect(config.url()), config.busyTimeout(), config.debugLogging(), InstantSource.system());
    }

    /** The file as another program sees it, without any setting of ours. */
    public static Jdbi raw(DatabaseConfig config) {
        return Jdbi.create("jdbc:sqlite:" + config.url().substring("sqlite:///".length()));
    }

    public static List<Map<String, Object>> rows(DatabaseConfig config, String sql) {
        return raw(config)
                .withHandle(handle -> handle.createQuery(sql).mapToMap().list());
    }

    private static Path template() {
        try {
            Path directory = Files.createTempDirectory("cartd-store-test");
            Path file = directory.resolve("template.sqlite3");
            try (Database database = Database.open(config(file), InstantSource.system())) {
                database.sync();
            }
            file.toFile().deleteOnExit();
            directory.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
