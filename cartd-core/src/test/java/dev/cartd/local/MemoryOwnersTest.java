package dev.cartd.local;

import dev.cartd.spi.CartOwners;
import dev.cartd.spi.CartOwnersContract;
import dev.cartd.spi.CartStore;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MemoryOwnersTest extends CartOwnersContract {
    @Override
    protected CartStore open(InstantSource clock) {
        return new MemoryStore(clock);
    }

    @Override
    protected CartOwners owners(CartStore store) {
        return new MemoryOwners(store);
    }

    @Test
    void forgetsUidsThatTheStoreDoesNotKnow() {
        MemoryOwners owners = new MemoryOwners(new MemoryStore(InstantSource.system()));
        for (int i = 0; i <= 1000; i++) {
            assertThat(owners.claim("uid-" + i, "alice")).isTrue();
        }
        assertThat(owners.owner("uid-1")).isEmpty();
        assertThat(owners.owner("uid-1000")).contains("alice");
    }
}
