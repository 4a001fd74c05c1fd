package dev.cartd.local;

import dev.cartd.spi.CartDetailsContract;
import dev.cartd.spi.CartStore;
import java.time.InstantSource;

class MemoryDetailsTest extends CartDetailsContract {
    @Override
    protected CartStore open(InstantSource clock) {
        return new MemoryStore(clock);
    }
}
