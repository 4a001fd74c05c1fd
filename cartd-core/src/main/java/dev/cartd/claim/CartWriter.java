package dev.cartd.claim;

import dev.cartd.cart.CartFile;
import dev.cartd.volume.Parts;
import dev.cartd.volume.Volume;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Writes the files of one cart during one step. {@link #open} may be called by any thread, the other methods
 * by the step's thread.
 */
public abstract sealed class CartWriter implements Closeable permits TreeWriter, TarWriter {
    /** The volume can never hold a file under a name of its own. */
    public static final class Impossible extends Exception {
        private static final long serialVersionUID = 1;

        Impossible(String why) {
            super(why);
        }

        /** The reason, in words for people. */
        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }

    final Parts parts;
    private final Volume volume;
    private final Queue<Path> toSync = new ConcurrentLinkedQueue<>();

    CartWriter(Volume volume, Parts parts) {
        this.volume = volume;
        this.parts = parts;
    }

    /** Opens a file for writing; bytes of an earlier attempt are kept. */
    public abstract OpenFile open(CartFile file) throws IOException;

    /** Whether an earlier attempt left a part of a file; a small file in a tar has none. */
    public final boolean isBegun(CartFile file) {
        return parts.has(file.id());
    }

    /** Makes {@link #sync} sync this file too. */
    final void toSync(Path file) {
        toSync.add(file);
    }

    /** The paths of the committed files, which {@link #sync} syncs; none for a tar. */
    public final List<Path> unsynced() {
        return List.copyOf(toSync);
    }

    /**
     * Syncs all files that were committed, and these others.
     *
     * @return whether bytes of this step became durable
     * @throws IOException if one of them cannot be synced
     */
    public boolean sync(List<Path> others) throws IOException {
        volume.sync(toSync);
        volume.sync(others);
        return !toSync.isEmpty();
    }
}
