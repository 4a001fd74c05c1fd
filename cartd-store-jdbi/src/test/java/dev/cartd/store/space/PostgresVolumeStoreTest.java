package dev.cartd.store.space;

import dev.cartd.spi.CartStore;
import dev.cartd.spi.VolumeStoreContract;
import dev.cartd.store.OneDatabase;
import dev.cartd.store.PostgresFixture;
import java.time.InstantSource;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresVolumeStoreTest extends VolumeStoreContract {
    @RegisterExtension
    private final OneDatabase opened = new OneDatabase();

    @Override
    protected CartStore open(InstantSource clock) {
        return opened.open(PostgresFixture.cleared(), clock);
    }
}
