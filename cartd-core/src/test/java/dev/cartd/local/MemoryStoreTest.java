package dev.cartd.local;

import dev.cartd.spi.CartStore;
import dev.cartd.spi.CartStoreContract;
import java.time.InstantSource;

class MemoryStoreTest extends CartStoreContract {
    @Override
    protected CartStore open(InstantSource clock) {
        return new MemoryStore(clock);
    }
}
