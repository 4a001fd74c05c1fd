package dev.cartd.spi;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Durability;
import dev.cartd.cart.FileCounts;
import dev.cartd.cart.FileStatus;
import dev.cartd.cart.Memory;
import dev.cartd.cart.Outage;
import dev.cartd.cart.Standstill;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Records carts and their files. Every method is one transaction, unless it says otherwise: it has all of its effect or
 * none, and what it recorded lasts as long as the store does. It keeps moments to a millisecond, and {@link
 * Cart#updated} to a microsecond. A store that outlives its process needs a {@link Scheduler} that finds the unfinished
 * carts of an earlier process.
 *
 * <p>A worker passes the cart that {@link #claim} returned, its claim, to {@link #record}, {@link #move} and {@link
 * SpaceStore#reserve}. The claim's epoch is a fencing token: if the cart was claimed again or deleted since, the claim
 * does not hold any more, and these methods change nothing and say so in their result.
 *
 * <p>A cart is live until it is deleted. Carts are numbered in the order in which they were made: the newest cart has
 * the highest number.
 *
 * <p>Implementations are safe for use by many threads and, if the store is shared, by many processes at once.
 */
public interface CartStore extends AutoCloseable {
    /**
     * Accepts a request. If the newest live cart of its uid is not in error and has the same {@link
     * CartRequest#content}, that cart is returned and counts as used. Otherwise a new cart is made, with the state
     * {@link CartStatus#WAITING} and with a number greater than that of any cart before, forgotten ones included. Two
     * equal requests at the same time make one cart.
     *
     * @param above a new cart's number is greater than this; 0 or more
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    Cart add(CartRequest request, long above);

    /**
     * Returns the live carts of this uid, newest first. Does not count as a use.
     *
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    List<Cart> live(String uid);

    /**
     * Returns the newest live carts whose numbers are lower than {@code below}, newest first.
     *
     * @param most the most carts to return; 0 or more
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    List<Cart> live(long below, int most);

    /**
     * Returns all live carts, newest first. The stream reads them page by page, each page in a transaction of its own,
     * so that any number of carts takes little memory. It is for one thread at a time and need not be closed.
     *
     * @throws CartException.Unavailable if the store cannot be reached in time; the stream may throw it while it is
     *     read
     */
    default Stream<Cart> live() {
        return live(Long.MAX_VALUE);
    }

    /**
     * Returns all live carts whose numbers are lower than {@code below}, like {@link #live()}.
     *
     * @throws CartException.Unavailable if the store cannot be reached in time; the stream may throw it while it is
     *     read
     */
    default Stream<Cart> live(long below) {
        int page = 500;
        return Stream.iterate(
                        live(below, page),
                        carts -> !carts.isEmpty(),
                        carts -> live(carts.get(carts.size() - 1).id(), page))
                .flatMap(List::stream);
    }

    /**
     * Returns the newest live carts that are in one of these states, whose uid contains {@code part}, and whose numbers
     * are lower than {@code below}, newest first. It is for people who look for carts among tens of thousands, so a
     * store should read little more than it returns.
     *
     * @param states the states; empty for any
     * @param part a part of the uid, any text, with upper and lower case as they are; empty for any uid
     * @param most the most carts to return; 0 or more
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    default List<Cart> find(Set<CartStatus> states, String part, long below, int most) {
        return live(below)
                .filter(cart -> states.isEmpty() || states.contains(cart.status()))
                .filter(cart -> cart.uid().contains(part))
                .limit(most)
                .toList();
    }

    /**
     * Returns carts that were deleted and that the store still has, the last deleted one first.
     *
     * @param most the most carts to return; 0 or more
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    List<Cart> deleted(int most);

    /**
     * Returns the cart of this uid that was deleted last; empty if none was, or the store does not have it any more.
     *
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    Optional<Cart> deleted(String uid);

    /**
     * Returns the first files of a cart whose numbers are higher than {@code after}, in the order of their numbers. It
     * reads little more than it returns, unless {@code status} leaves out most files.
     *
     * @param status the state that the files are in; empty for any
     * @param most the most files to return; 0 or more
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    List<CartFile> files(long cartId, long after, Optional<FileStatus> status, int most);

    /**
     * Counts the files of a cart; {@link FileCounts#NONE} if there is no such cart.
     *
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    FileCounts counts(long cartId);

    /**
     * Returns the files of a cart, in the order of their numbers; empty if there is no such cart.
     *
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    List<CartFile> files(long cartId);

    /**
     * Returns the first files of a cart, live or deleted, that have a {@linkplain CartFile#receipt receipt} and whose
     * numbers are higher than {@code after}, in the order of their numbers. It reads little more than it returns.
     *
     * @param most the most files to return; 0 or more
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    List<CartFile> recalled(long cartId, long after, int most);

    /**
     * Returns how many bytes of memory the {@link #files} of a cart take, as {@link Memory#ofFiles} estimates; 0 if
     * there is no such cart. To be called before the files are read.
     *
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    long memory(long cartId);

    /**
     * Deletes all live carts of this uid, whatever their state. This ends the claims on them: a worker on any node
     * learns of it when it next records or moves the cart, or reserves room for it. A worker removes their files
     * afterwards; see {@link #claim}.
     *
     * @return the numbers of the carts that were deleted; empty if there was none
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    List<Long> delete(String uid);

    /**
     * Claims a cart for one step of work. This raises its epoch, {@linkplain Standstill#count counts} the working time
     * since the cart was claimed or recorded last, and changes the state {@link CartStatus#WAITING} to {@link
     * CartStatus#STAGING}. A cart that Pacifica Cartd left in work is staged from the beginning: its state becomes
     * {@link CartStatus#STAGING}, and its durability {@link Durability#UNPROVEN}.
     *
     * <p>A deleted cart is also returned until {@link #removed} is called for it: its files are still to be removed.
     *
     * @return the claim; empty if a worker has nothing to do for the cart: there is no such cart, it is ready or in
     *     error, or it was deleted and its files are removed
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    Optional<Cart> claim(long cartId);

    /**
     * Records these files of a claimed cart, and the {@code progress}, {@code held}, {@code standstill} and {@code
     * durability} of {@code claim}. If there are files, the cart counts as updated. Without files this also serves to
     * check a claim: the store need not write if only the working time has changed, and by less than half a minute.
     *
     * @param files the files that changed; may be empty
     * @return whether the claim still holds; if not, nothing is recorded
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    boolean record(Cart claim, List<CartFile> files);

    /**
     * Moves a cart from the state of {@code cart} to {@code next}, if it is still in that state and has the same epoch.
     * The cart's standstill ends, as it does with {@link #restage} and {@link #delete}. The first move to {@link
     * CartStatus#READY} sets {@link Cart#ready} and {@link Cart#readyLocal}; later ones keep them.
     *
     * @param reason why the cart goes to error, or a remark about a ready cart, in one line; empty otherwise
     * @param bundlePath the absolute path of the tree or tar of a cart that becomes ready; empty keeps the recorded
     *     path
     * @return whether the cart was moved
     * @throws IllegalArgumentException if {@link CartStatus#mayBecome} forbids the move
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    boolean move(Cart cart, CartStatus next, String reason, String bundlePath);

    /**
     * Moves a cart to error as {@link #move} does, and accepts a request as {@link #add} does, at once: if both have
     * the same uid, nobody sees the error as the state of the newest cart of that uid.
     *
     * @param reason why the cart goes to error, in one line
     * @param above a new cart's number is greater than this; 0 or more
     * @return the cart of the request; empty if {@code cart} was not moved, and then nothing was accepted
     * @throws IllegalArgumentException if {@link CartStatus#mayBecome} forbids the move
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    Optional<Cart> replace(Cart cart, String reason, CartRequest request, long above);

    /**
     * Records the end of the work on a claimed cart that is staging or bundling, as {@link #record} and {@link #move}
     * to {@link CartStatus#BUNDLING} and {@link CartStatus#READY} would do it one after the other, in one transaction.
     *
     * @param files the files that changed; may be empty
     * @param remark a remark about the ready cart, in one line; empty if there is none
     * @param bundlePath the absolute path of its tree or tar
     * @return whether the claim still holds; if not, nothing is recorded
     * @throws IllegalArgumentException if the claim is neither staging nor bundling
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    boolean finish(Cart claim, List<CartFile> files, String remark, String bundlePath);

    /**
     * Moves a cart that is ready or in error back to {@link CartStatus#STAGING}, if it is still in that state and has
     * the same epoch. Its reason is cleared, and its durability becomes {@link Durability#UNPROVEN}, so that its staged
     * files are hashed again. Files that are not staged, or whose size is unknown, are staged from the beginning: their
     * sizes, times and tries are forgotten, their CRC-32s, SHA-256s and receipts are not. The recorded {@code held} and
     * {@code bundlePath} stay.
     *
     * @return whether the cart was moved
     * @throws IllegalArgumentException if {@code cart} is neither ready nor in error
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    boolean restage(Cart cart);

    /**
     * Records the CRC-32s and SHA-256s of these files of a cart, whatever its state and theirs, and nothing else: both
     * follow from the hash, so no claim is needed. The cart does not count as updated or used. A file that the cart
     * does not have is skipped; what is unknown of a file stays as it is recorded.
     *
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    void recordSums(long cartId, List<CartFile> files);

    /**
     * Records that the volume has no files of a deleted cart any more. Does nothing for any other cart.
     *
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    void removed(long cartId);

    /**
     * Forgets the carts that were deleted before {@code before} and whose files are removed. A cart that Pacifica Cartd
     * deleted while its files were recorded as taking room is not forgotten: it becomes one whose files are to be
     * removed, and {@link #claim} returns it. This may take several transactions.
     *
     * @return how many carts were forgotten
     * @throws CartException.Unavailable if the store cannot be reached in time; some carts may have been forgotten then
     */
    int forget(Instant before);

    /** Returns the part of this store that finds files that several carts have in common. Never fails. */
    TwinStore twins();

    /** Returns the part of this store that records who uses the room on the volume. Never fails. */
    SpaceStore space();

    /** Returns the part of this store that records which volume holds the carts. Never fails. */
    VolumeStore volume();

    /** Returns the outage of this store, as far as it is known now. Never waits, and never fails. */
    default Optional<Outage.Away> away() {
        return Optional.empty();
    }

    /** Closes what this store opened. {@code Cartd} calls this only for a store that it made itself. */
    @Override
    void close();
}
