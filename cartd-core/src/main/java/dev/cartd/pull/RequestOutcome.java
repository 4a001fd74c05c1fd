package dev.cartd.pull;

import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.spi.ArchiveException;
import java.io.IOException;

/** The outcome of one request for one file of a cart. */
public sealed interface RequestOutcome {
    /** The file's index in its {@link ClaimedCart}. */
    int index();

    /** The archive gave a right answer. {@code file} is the new state of the file. */
    record Right(int index, CartFile file) implements RequestOutcome {}

    /** No answer of the archive was needed. {@code file} is the new state of the file. */
    record Found(int index, CartFile file) implements RequestOutcome {}

    /** The request yielded before its end and is to be sent again. */
    record Yielded(int index) implements RequestOutcome {}

    /**
     * The archive or the connection to it failed.
     *
     * @param far whether so many bytes had arrived that this is not counted as a failed try
     * @param anew whether the next try begins at the first byte
     */
    record Failed(int index, ArchiveException why, boolean far, boolean anew) implements RequestOutcome {
        /** A failure after which the next try begins at the first byte. */
        public Failed(int index, ArchiveException why, boolean far) {
            this(index, why, far, true);
        }
    }

    /** The volume failed to read or write. */
    record Broken(int index, IOException why) implements RequestOutcome {}

    /** The store could not be reached, so that the file could not be placed; its state is unchanged. */
    record StoreAway(int index, CartException.Unavailable why) implements RequestOutcome {}

    /** The file changed in the archive. {@code file} has its new size and modification time. */
    record Changed(int index, CartFile file) implements RequestOutcome {}

    /** The volume is too full for the file, though room was reserved. */
    record Full(int index) implements RequestOutcome {}

    /** The volume can never hold the file, for this reason. */
    record Hopeless(int index, String why) implements RequestOutcome {}
}
