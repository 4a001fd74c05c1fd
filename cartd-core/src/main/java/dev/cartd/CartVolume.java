package dev.cartd;

import dev.cartd.spi.CartStore;
import dev.cartd.volume.Volume;
import dev.cartd.volume.VolumeAway;
import dev.cartd.volume.VolumeMark;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/**
 * The volume of a store's carts, for programs that prepare or check it and work on no cart. Safe for use by many
 * threads.
 */
public final class CartVolume {
    private final VolumeMark mark;

    private CartVolume(VolumeMark mark) {
        this.mark = mark;
    }

    /** The volume at this path for the carts of this store. Nothing is made. */
    public static CartVolume at(Path path, CartStore store) {
        return new CartVolume(new Volume(path, store, InstantSource.system()).mark());
    }

    /**
     * Why the volume is not the one of this store's carts, and what to do about it, in one line for people; empty if it
     * is.
     */
    public Optional<String> problem() {
        return mark.look().map(VolumeAway::advice);
    }

    /**
     * The id of the volume that the store's carts are on, whether it is this one or not; empty until one was marked.
     *
     * @throws dev.cartd.cart.CartException.Unavailable if the store cannot tell
     */
    public Optional<String> id() {
        return mark.id();
    }

    /**
     * Marks the directory as the volume of a store that has none yet, if it is there and is new or holds carts of this
     * store; does nothing otherwise.
     *
     * @throws IOException if the mark cannot be written
     */
    public void markIfNew() throws IOException {
        mark.makeIfNew(false);
    }

    /**
     * Makes the directory the volume of this store from now on, whatever is on it. Another store that had it stops
     * using it, and another volume that this store had is not used any more.
     *
     * @throws IOException if the directory is not there, or the mark cannot be written
     */
    public void adopt() throws IOException {
        mark.adopt();
    }
}
