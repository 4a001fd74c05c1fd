package dev.cartd;

import dev.cartd.cart.CartException;
import dev.cartd.volume.Volume;
import java.io.UncheckedIOException;

/**
 * The highest number of a directory on the volume when the volume was first there: the number of a new cart must exceed
 * it. Safe for use by many threads.
 */
final class HighestNumber {
    private static final System.Logger LOG = System.getLogger(HighestNumber.class.getName());

    private final Volume volume;
    private volatile long known = -1;

    HighestNumber(Volume volume) {
        this.volume = volume;
    }

    /**
     * Whether the volume must be read before a cart is made. A store that knows its volume gave all the numbers on it.
     * One that does not know its volume yet might give a number that is on the volume already.
     */
    boolean isNeeded() {
        return known < 0 && volume.mark().id().isEmpty();
    }

    /** Reads the number if it is not known yet, and the volume is there. */
    void read() {
        try {
            if (known < 0 && volume.mark().problem().isEmpty()) {
                known = volume.highest();
            }
        } catch (UncheckedIOException | CartException.Unavailable e) {
            LOG.log(System.Logger.Level.DEBUG, "the numbers on the volume cannot be read now, this is tried later", e);
        }
    }

    /** The number; 0 if it is not known. */
    long get() {
        return Math.max(0, known);
    }
}
