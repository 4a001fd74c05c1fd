package dev.cartd.spi;

import dev.cartd.cart.CartException;
import java.util.Optional;

/**
 * Records who owns the carts of a uid, and the key that signs the links to them. It belongs to a {@link CartStore}, and
 * keeps the same contract: each method is one transaction, what it recorded lasts as long as the store does, and it is
 * safe for use by many threads and processes at once.
 *
 * <p>A uid is free as long as it has neither an owner nor live carts. Its owner and its key stay while the store has a
 * cart of the uid, live or deleted; they may be forgotten with the last one.
 */
public interface CartOwners {
    /** Stands for the owner of live carts that no one owns. */
    String NOBODY = "";

    /**
     * Returns the owner of a uid: a name, or {@link #NOBODY}; empty if the uid is free.
     *
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    Optional<String> owner(String uid);

    /**
     * Makes somebody the owner of a uid, if the uid is free. Of several who claim it at once, one becomes the owner.
     *
     * @param name not empty
     * @return whether {@code name} is the owner now
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    boolean claim(String uid, String name);

    /**
     * Returns the key of the links of a uid; empty if it has none.
     *
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    Optional<String> linkKey(String uid);

    /**
     * Records the key of the links of a uid, unless it has one.
     *
     * @param fresh a new key, of at most 100 characters of ASCII
     * @return the key that is recorded now
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    String linkKey(String uid, String fresh);

    /**
     * Forgets the key of the links of a uid, so that all of them end.
     *
     * @return whether there was one
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    boolean endLinks(String uid);
}
