package dev.cartd.spi;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Memory;
import dev.cartd.cart.Standstill;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where carts are remembered. Every method is one transaction: it happens as a whole or not at all, and once it has
 * returned it survives whatever the store survives.
 *
 * <p>A worker's methods ({@link #record}, {@link #move}, {@link SpaceStore#reserve}) take the cart that {@link #claim}
 * gave it. They do nothing and answer false if the cart was claimed again or deleted since: its epoch is a fencing
 * token.
 *
 * <p>Implementations are safe for use by many threads and, if they are shared, many processes at once. All methods
 * throw {@link CartException.Unavailable} when the store cannot be reached in time.
 */
public interface CartStore extends AutoCloseable {
    /**
     * Accepts a request. Where the newest live cart of its uid is not in error and has the same {@link
     * CartRequest#content}, that one is answered and counts as used; otherwise a new cart is made, waiting, with a
     * number greater than any before and greater than {@code above}. Two equal requests at once make one cart.
     */
    Cart add(CartRequest request, long above);

    /** The carts of this uid that are not deleted, newest (highest id) first. Does not count as a use. */
    List<Cart> live(String uid);

    /**
     * Of the carts that are not deleted and have a number below {@code below}, the {@code most} newest, newest first.
     */
    List<Cart> live(long below, int most);

    /**
     * All carts that are not deleted, newest first. They are read a page at a time, each as it is when its page is
     * read, so that any number of them takes little memory and no transaction.
     */
    default Stream<Cart> live() {
        return live(Long.MAX_VALUE);
    }

    /** Like {@link #live()}, those with a number below {@code below} only. */
    default Stream<Cart> live(long below) {
        int page = 500;
        return Stream.iterate(
                        live(below, page),
                        carts -> !carts.isEmpty(),
                        carts -> live(carts.get(carts.size() - 1).id(), page))
                .flatMap(List::stream);
    }

    /** Carts that were deleted and are still remembered: the {@code most} last ones, the last first. */
    List<Cart> deleted(int most);

    /** The files of a cart, in the order of their numbers; empty if there is no such cart. */
    List<CartFile> files(long cartId);

    /**
     * What the {@link #files} of a cart take in memory, in bytes, as {@link Memory#ofFiles} reckons; 0 if there is no
     * such cart. To be asked before they are read.
     */
    long memory(long cartId);

    /** Deletes all live carts of this uid, whatever their state, and answers their numbers; none is not an error. */
    List<Long> delete(String uid);

    /**
     * Takes up a cart for one step of work: raises its epoch, {@linkplain Standstill#count counts} the working time
     * since the last look at it, and a waiting cart becomes staging. One that Pacifica Cartd left in work begins anew:
     * it is staging, and {@link Cart#UNPROVEN}. A deleted cart is answered as long as {@link #removed} was not called
     * for it. Empty if there is nothing to do for a worker: no such cart, ready, in error, or deleted and removed.
     */
    Optional<Cart> claim(long cartId);

    /**
     * Records these files of a claimed cart, and the {@code progress}, {@code held}, {@code standstill} and {@code
     * boot} that {@code claim} carries. With files the cart counts as updated; without, and with nothing else new, this
     * only tells whether the claim still holds; working time that was counted is new only when it is half a minute or
     * more.
     *
     * @return whether the claim still holds
     */
    boolean record(Cart claim, List<CartFile> files);

    /**
     * Moves a cart from the state that {@code cart} shows to {@code next}, if it is still in that state and has the
     * same epoch. Its standstill ends, as it does with {@link #restage} and {@link #delete}.
     *
     * @param reason why it goes to error, or what there is to say of a ready cart, one line; empty otherwise
     * @param bundlePath where the tree or tar is, when it becomes ready; empty keeps what is there
     * @return whether it was moved
     * @throws IllegalArgumentException if {@link CartStatus#mayBecome} forbids it
     */
    boolean move(Cart cart, CartStatus next, String reason, String bundlePath);

    /**
     * Has a cart staged again that is ready or in error, if it is still in that state and has the same epoch: its
     * reason goes, files that are staged are {@link Cart#UNPROVEN}, and all others, and those of unknown size, begin
     * anew.
     *
     * @return whether it is staged again
     * @throws IllegalArgumentException if the cart is neither ready nor in error
     */
    boolean restage(Cart cart);

    /** Remembers that nothing of a deleted cart is left on the volume. */
    void removed(long cartId);

    /**
     * Forgets carts that were deleted before then and of which nothing is left on the volume. Carts that somebody else
     * deleted, who knows nothing of what they took, are left to a claim that removes them.
     *
     * @return how many those were
     */
    int forget(Instant before);

    /** What these carts have in common. */
    TwinStore twins();

    /** The books of the volume that these carts are on. */
    SpaceStore space();

    /** Which volume these carts are on. */
    VolumeStore volume();

    /** Gives back what this store opened for itself. */
    @Override
    void close();
}
