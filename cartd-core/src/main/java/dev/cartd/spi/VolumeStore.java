package dev.cartd.spi;

import dev.cartd.cart.CartException;
import java.io.IOException;
import java.util.Optional;

/**
 * Records which volume holds the carts of a {@link CartStore}: the id in the mark of that volume. It belongs to the
 * store and keeps the same contract: each method is one transaction, and safe for use by many threads and processes at
 * once.
 */
public interface VolumeStore {
    /** Chooses the volume of the carts. */
    @FunctionalInterface
    interface Choice {
        /**
         * Chooses the id to record. When this returns, the mark with that id must be on the volume.
         *
         * @param recorded the id that is recorded so far; empty if none is
         * @return the id to record; empty to leave the record as it is
         * @throws IOException if the mark cannot be written
         */
        Optional<String> of(Optional<String> recorded) throws IOException;
    }

    /**
     * Returns the recorded id; empty until one was recorded.
     *
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    Optional<String> id();

    /**
     * Passes the recorded id to {@code choice}, under the store's one lock for this record, and records the id that it
     * chooses. {@code choice} must not call the store, and must not take longer than writing one small file.
     *
     * @return the id that is recorded now
     * @throws IOException if {@code choice} throws it; nothing is recorded then
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    Optional<String> record(Choice choice) throws IOException;

    /**
     * Whether the store outlives this process. A store that does not has forgotten all carts of an earlier process.
     * Never fails.
     */
    boolean lasts();
}
