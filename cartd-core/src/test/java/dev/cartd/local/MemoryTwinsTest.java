package dev.cartd.local;

import dev.cartd.spi.CartStore;
import dev.cartd.spi.TwinStoreContract;
import java.time.InstantSource;

class MemoryTwinsTest extends TwinStoreContract {
    @Override
    protected CartStore open(InstantSource clock) {
        return new MemoryStore(clock);
    }
}
