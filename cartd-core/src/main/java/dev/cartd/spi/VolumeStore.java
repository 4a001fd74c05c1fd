package dev.cartd.spi;

import java.io.IOException;
import java.util.Optional;

/**
 * Which volume the carts of a {@link CartStore} lie on: the id in the mark of that volume. It belongs to the store and
 * promises what that one does: each method is one transaction, and safe for use by many threads and processes at once.
 */
public interface VolumeStore {
    /** Chooses the volume of the carts. */
    @FunctionalInterface
    interface Choice {
        /**
         * The id to record, whose mark is on the volume by then; empty to record nothing.
         *
         * @param recorded the id that is recorded so far
         */
        Optional<String> of(Optional<String> recorded) throws IOException;
    }

    /** The id that is recorded; empty until one was. */
    Optional<String> id();

    /**
     * Shows what is recorded to {@code choice}, under the store's one lock for this, and records what it chooses. The
     * choice must not call the store, and takes no longer than writing one small file.
     *
     * @return the id that is recorded now
     * @throws IOException what {@code choice} throws; nothing is recorded then
     */
    Optional<String> record(Choice choice) throws IOException;

    /** Whether the store outlives this process. One that does not has forgotten all carts of an earlier one. */
    boolean lasts();
}
