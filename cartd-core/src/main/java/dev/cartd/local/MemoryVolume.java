package dev.cartd.local;

import dev.cartd.spi.VolumeStore;
import java.io.IOException;
import java.util.Optional;

/** The {@link VolumeStore} of a {@link MemoryStore}. */
final class MemoryVolume implements VolumeStore {
    private Optional<String> id = Optional.empty();

    @Override
    public synchronized Optional<String> id() {
        return id;
    }

    @Override
    public synchronized Optional<String> record(Choice choice) throws IOException {
        id = choice.of(id).or(() -> id);
        return id;
    }

    @Override
    public boolean lasts() {
        return false;
    }
}
