package dev.cartd.store.carts;

import dev.cartd.spi.CartDetailsContract;
import dev.cartd.spi.CartStore;
import dev.cartd.store.OneDatabase;
import dev.cartd.store.PostgresFixture;
import java.time.InstantSource;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresDetailsTest extends CartDetailsContract {
    @RegisterExtension
    private final OneDatabase opened = new OneDatabase();

    @Override
    protected CartStore open(InstantSource clock) {
        return opened.open(PostgresFixture.cleared(), clock);
    }
}
