package dev.cartd;

import dev.cartd.spi.CartStore;
import dev.cartd.system.Timeline;
import dev.cartd.volume.Volume;
import dev.cartd.volume.VolumeMark;
import dev.cartd.volume.VolumeNotThere;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/**
 * The volume of a store's carts, for programs that prepare or check the volume without working on carts. Safe for use
 * by many threads. It has nothing to close; the store stays open and is closed by its owner.
 */
public final class CartVolume {
    private final VolumeMark mark;

    private CartVolume(VolumeMark mark) {
        this.mark = mark;
    }

    /** The volume at this path for the carts of this store. Reads and changes nothing yet. */
    public static CartVolume at(Path path, CartStore store) {
        return new CartVolume(new Volume(path, store, Timeline.ofMachine(InstantSource.system())).mark());
    }

    /**
     * Checks whether this is the volume of the store's carts.
     *
     * @return why it is not and what to do about it, in one line for people; empty if it is
     * @throws dev.cartd.cart.CartException.Unavailable if the store cannot be reached in time
     */
    public Optional<String> problem() {
        return mark.problem().map(VolumeNotThere::advice);
    }

    /**
     * Returns the id of the volume of the store's carts, whether it is this volume or another; empty until a volume was
     * marked.
     *
     * @throws dev.cartd.cart.CartException.Unavailable if the store cannot be reached in time
     */
    public Optional<String> id() {
        return mark.id();
    }

    /**
     * Marks the directory as the volume of this store. Does nothing unless the store has no volume yet and the
     * directory exists and is new or holds carts of this store.
     *
     * @throws IOException if the mark cannot be read or written
     * @throws dev.cartd.cart.CartException.Unavailable if the store cannot be reached in time
     */
    public void markIfNew() throws IOException {
        mark.markIfNew(false);
    }

    /**
     * Makes the directory the volume of this store, whatever is in it. Another store that used this volume stops using
     * it, and this store stops using the volume that it had before.
     *
     * @throws IOException if there is no such directory, or the mark cannot be written
     * @throws dev.cartd.cart.CartException.Unavailable if the store cannot be reached in time
     */
    public void adopt() throws IOException {
        mark.adopt();
    }
}
