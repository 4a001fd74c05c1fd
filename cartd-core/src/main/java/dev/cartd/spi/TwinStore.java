package dev.cartd.spi;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Files that several carts have in common: the same id in the archive, hash type and hash. It belongs to a {@link
 * CartStore}, and promises what that one does: each method is one transaction, and safe for use by many threads and
 * processes at once.
 */
public interface TwinStore {
    /**
     * A file of another cart that has the same content as one that is wanted.
     *
     * @param file the number of the one that is wanted
     * @param cart the other cart, not deleted
     * @param twin its file: staged, or else being pulled right now under a live lease
     */
    record Twin(long file, Cart cart, CartFile twin) {}

    /** The best twin of each of these files that has one: one that is staged, else one that is being pulled. */
    List<Twin> find(Cart claim, List<CartFile> files);

    /**
     * Like {@link #find}, and in the same moment takes those without a twin for being pulled by this claim until then: of
     * several carts that ask for the same at once one pulls it. The moment holds for all that the claim has taken so far; one
     * that is past ends that. So it ends when the cart is claimed again or leaves work.
     *
     * @return empty if the claim does not hold any more
     */
    Optional<List<Twin>> begin(Cart claim, List<CartFile> files, Instant until);

    /**
     * Remembers that files of a claimed cart share their bytes with staged ones of others, before they do on the volume.
     *
     * @param twins the number of the other's file, by that of the claim's
     * @return the numbers of the claim's files for which that is so now; not those whose twin is gone, or all if the claim
     *     does not hold any more
     */
    Set<Long> share(Cart claim, Map<Long, Long> twins);
}
