package dev.cartd.store.access;

import dev.cartd.spi.CartOwners;
import dev.cartd.spi.CartOwnersContract;
import dev.cartd.spi.CartStore;
import dev.cartd.store.OneDatabase;
import dev.cartd.store.PostgresFixture;
import java.time.InstantSource;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresCartOwnersTest extends CartOwnersContract {
    @RegisterExtension
    private final OneDatabase opened = new OneDatabase();

    @Override
    protected CartStore open(InstantSource clock) {
        return opened.open(PostgresFixture.cleared(), clock);
    }

    @Override
    protected CartOwners owners(CartStore store) {
        return opened.database().owners();
    }
}
