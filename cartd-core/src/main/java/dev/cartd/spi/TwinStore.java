package dev.cartd.spi;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds files that several carts have in common. Two files are twins if they have the same id in the archive, the same
 * hash type and the same hash. It belongs to a {@link CartStore} and keeps the same contract: each method is one
 * transaction, and safe for use by many threads and processes at once.
 */
public interface TwinStore {
    /**
     * A file of another cart that has the same content as a wanted file.
     *
     * @param cart the other cart, not deleted
     * @param file the other cart's file: staged, or being pulled now under a lease that has not ended
     */
    record Twin(Cart cart, CartFile file) {}

    /**
     * Returns the best twin of each of these files that has one, by the number of the wanted file: a staged twin in a
     * tree, which can be linked; else a staged twin in a tar, which is copied; else a twin that is being pulled. Twins
     * within the claimed cart itself do not count.
     *
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    Map<Long, Twin> find(Cart claim, List<CartFile> files);

    /**
     * Finds twins like {@link #find} and, in the same transaction, announces that this claim pulls
     * every file without a twin, until {@code until}. So if several carts ask for the same file at once, one of them pulls it.
     *
     * <p>{@code until} replaces the end of all announcements of this claim so far; a moment in the past ends them.
     * They also end when the cart is claimed again or leaves work.
     *
     * @return the twins; empty if the claim does not hold any more
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    Optional<Map<Long, Twin>> begin(Cart claim, List<CartFile> files, Instant until);

    /**
     * Records that files of a claimed cart share their bytes with staged files of other carts. To be called before the
     * bytes are shared on the volume. A file shares nothing any more once it is {@linkplain CartStore#record recorded}
     * as lost, or as staged with bytes of its own.
     *
     * @param twins maps the number of each file of the claimed cart to the number of its twin
     * @return the numbers of the claimed cart's files that are recorded as sharing now. A file is left out if its twin
     *     is not staged any more or the twin's cart was deleted; all are left out if the claim does not hold any more
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    Set<Long> share(Cart claim, Map<Long, Long> twins);
}
