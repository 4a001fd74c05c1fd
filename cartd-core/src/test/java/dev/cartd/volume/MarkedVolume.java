package dev.cartd.volume;

import dev.cartd.local.MemoryStore;
import dev.cartd.spi.CartStore;
import dev.cartd.system.Timeline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;

/** A volume for tests that is there, and marked. */
public final class MarkedVolume {
    private MarkedVolume() {}

    /** The volume at this path, of a store of its own. */
    public static Volume at(Path root) {
        return at(root, new MemoryStore(Timeline.ofMachine(InstantSource.system())));
    }

    /** The volume at this path, of this store. */
    public static Volume at(Path root, CartStore store) {
        try {
            new Volume(root, store, Timeline.ofMachine(InstantSource.system()))
                    .mark()
                    .markIfNew(true);
            return new Volume(root, store, Timeline.ofMachine(InstantSource.system()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
