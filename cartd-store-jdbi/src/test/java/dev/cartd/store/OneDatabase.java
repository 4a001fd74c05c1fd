package dev.cartd.store;

import dev.cartd.spi.CartStore;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The database that a test of a contract opens, and that is closed after it. */
public final class OneDatabase implements AfterEachCallback {
    private @Nullable Database database;

    /** The store of this database, by this clock; called once in a test. */
    public CartStore open(DatabaseConfig config, InstantSource clock) {
        database = Database.open(config, clock);
        return database.store();
    }

    /** The one that was opened. */
    public Database database() {
        return Objects.requireNonNull(database);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        database().close();
    }
}
