package dev.cartd.volume;

import dev.cartd.Around;
import dev.cartd.local.MemoryStore;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.VolumeStore;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;

/** Stores that tell of themselves that they last, like a database, which a test keeps through its restarts. */
public final class LastingStore {
    private LastingStore() {}

    /** An empty one. */
    public static CartStore empty() {
        return empty(InstantSource.system());
    }

    /** An empty one that takes the time from this clock. */
    public static CartStore empty(InstantSource clock) {
        MemoryStore memory = new MemoryStore(clock);
        VolumeStore volume = new Lasting(memory.volume());
        return Around.port(
                CartStore.class, memory, (method, arguments, port) -> method.equals("volume") ? volume : port.call());
    }

    private record Lasting(VolumeStore memory) implements VolumeStore {
        @Override
        public Optional<String> id() {
            return memory.id();
        }

        @Override
        public Optional<String> record(Choice choice) throws IOException {
            return memory.record(choice);
        }

        @Override
        public boolean lasts() {
            return true;
        }
    }
}
