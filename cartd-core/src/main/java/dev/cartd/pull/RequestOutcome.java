package dev.cartd.pull;

import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.spi.ArchiveException;
import java.io.IOException;

/** What came of one request for one file of a cart; {@code index} is the file's place in the cart. */
public sealed interface RequestOutcome {
    /** The file's place in the cart. */
    int index();

    /** It came back right: this is the file now. */
    record Right(int index, CartFile file) implements RequestOutcome {}

    /** It needed no answer of the archive: this is the file now. */
    record Found(int index, CartFile file) implements RequestOutcome {}

    /** It made room for others before its end, and wants to go on when it is its turn. */
    record Yielded(int index) implements RequestOutcome {}

    /**
     * The archive, or the way to it, failed.
     *
     * @param far whether much had arrived, so that it is no try without hope
     * @param anew whether the next try begins at the first byte
     */
    record Failed(int index, ArchiveException why, boolean far, boolean anew) implements RequestOutcome {
        /** One of a request that keeps nothing for the next try. */
        public Failed(int index, ArchiveException why, boolean far) {
            this(index, why, far, true);
        }
    }

    /** The volume failed. */
    record Broken(int index, IOException why) implements RequestOutcome {}

    /** The store was away, so that what came could not be put into its place; the file is as it was. */
    record StoreAway(int index, CartException.Unavailable why) implements RequestOutcome {}

    /** The archive has another file now than it told before: this one. */
    record Changed(int index, CartFile file) implements RequestOutcome {}

    /** There is no room on the volume for it, whatever was reserved. */
    record Full(int index) implements RequestOutcome {}

    /** The volume can never have it. */
    record Hopeless(int index, String why) implements RequestOutcome {}
}
