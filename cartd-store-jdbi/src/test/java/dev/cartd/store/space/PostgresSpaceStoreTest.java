package dev.cartd.store.space;

import dev.cartd.spi.CartStore;
import dev.cartd.spi.SpaceStoreContract;
import dev.cartd.store.OneDatabase;
import dev.cartd.store.PostgresFixture;
import java.time.InstantSource;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresSpaceStoreTest extends SpaceStoreContract {
    @RegisterExtension
    private final OneDatabase opened = new OneDatabase();

    @Override
    protected CartStore open(InstantSource clock) {
        return opened.open(PostgresFixture.cleared(), clock);
    }
}
