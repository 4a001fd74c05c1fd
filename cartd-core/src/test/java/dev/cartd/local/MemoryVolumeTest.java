package dev.cartd.local;

import dev.cartd.spi.CartStore;
import dev.cartd.spi.VolumeStoreContract;
import java.time.InstantSource;

class MemoryVolumeTest extends VolumeStoreContract {
    @Override
    protected CartStore open(InstantSource clock) {
        return new MemoryStore(clock);
    }
}
