package dev.cartd.local;

import dev.cartd.spi.CartStore;
import dev.cartd.spi.SpaceStoreContract;
import java.time.InstantSource;

class MemorySpaceTest extends SpaceStoreContract {
    @Override
    protected CartStore open(InstantSource clock) {
        return new MemoryStore(clock);
    }
}
