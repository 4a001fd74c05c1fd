package dev.cartd.volume;

import dev.cartd.local.MemoryStore;
import dev.cartd.spi.CartStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;

/** A volume for tests that is there, and marked. */
public final class MarkedVolume {
    private MarkedVolume() {}

    /** The volume at this path, of a store of its own. */
    public static Volume at(Path root) {
        return at(root, new MemoryStore(InstantSource.system()));
    }

    /** The volume at this path, of this store. */
    public static Volume at(Path root, CartStore store) {
        try {
            new Volume(root, store, InstantSource.system()).mark().makeIfNew(true);
            return new Volume(root, store, InstantSource.system());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
