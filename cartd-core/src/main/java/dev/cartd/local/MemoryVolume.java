package dev.cartd.local;

import dev.cartd.spi.VolumeStore;
import java.io.IOException;
import java.util.Optional;

/** Remembers the volume as long as this process runs. */
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
