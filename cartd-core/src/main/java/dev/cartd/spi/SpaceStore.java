package dev.cartd.spi;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Records how the room on the volume is used: how many bytes each cart holds and has reserved, which carts are in the
 * room queue, and which carts must not be evicted. It belongs to a {@link CartStore} and keeps the same contract: each
 * method is one transaction, and safe for use by many threads and processes at once. All sizes are in bytes, 0 or more.
 */
public interface SpaceStore {
    /** The block size of nearly every file system, in bytes. With larger blocks the books are too low. */
    long BLOCK = 4096;

    /**
     * The bytes that a file of this size takes on the volume: whole blocks, and one block for its directory entry.
     *
     * @throws ArithmeticException if that does not fit into a long
     */
    static long taken(long size) {
        return Math.multiplyExact((size + BLOCK - 1) / BLOCK + 1, BLOCK);
    }

    /** The result of {@link #reserve}. */
    enum ReserveResult {
        /** The room is reserved. */
        RESERVED,
        /** The cart is in the room queue. */
        WAITS,
        /** The claim does not hold any more. */
        LOST
    }

    /** The decision whether a cart gets room now. */
    sealed interface Decision {
        /**
         * The room is reserved for the cart.
         *
         * @param overtaken the numbers of the carts before it in the queue, which this cart overtakes
         */
        record Grant(Set<Long> overtaken) implements Decision {}

        /**
         * The cart waits: it goes to the end of the queue, or keeps its place in it.
         *
         * @param reason what the cart waits for, in one line for people; the {@linkplain Cart#reason reason} of the
         *     cart until it gets the room or leaves work
         */
        record Wait(String reason) implements Decision {}
    }

    /**
     * The use of the room at one moment, as seen by the cart that asks for room.
     *
     * @param used the bytes that all carts hold on the volume, as far as recorded; shared bytes count once. 0 if they
     *     were not asked for
     * @param promised the bytes that other carts in work have reserved and, as far as recorded, do not hold yet
     * @param own the bytes that the asking cart holds already
     * @param queue the room queue: the carts that wait, in the order in which they came; the asking cart too if it
     *     waits
     */
    record Books(long used, long promised, long own, List<Waiting> queue) {}

    /**
     * A cart in work that waits for room.
     *
     * @param cart its number
     * @param uid its name, as the client chose it
     * @param since when it came into the queue
     * @param bytes the bytes that it needs in all, those that it holds already included
     * @param overtaken how often a cart that came later got room before it
     */
    record Waiting(long cart, String uid, Instant since, long bytes, int overtaken) {}

    /**
     * A cart that holds or has reserved bytes, or that is ready or in error.
     *
     * @param cart its number
     * @param uid its name, as the client chose it
     * @param status its state; a deleted cart is listed until its files are removed
     * @param bytes the bytes that it holds on the volume; shared bytes count for the cart that they were pulled for,
     *     see {@link Shared#owner}
     * @param reserved the bytes that it may hold in all while it is in work
     * @param used when it last changed or was used
     * @param kept until when its client was promised that it is not evicted; empty for no promise
     * @param pinned until when downloads pin it; empty if none does now
     */
    record Holder(
            long cart,
            String uid,
            CartStatus status,
            long bytes,
            long reserved,
            Instant used,
            Optional<Instant> kept,
            Optional<Instant> pinned) {}

    /**
     * Bytes on the volume that several carts share. They become free when the last of these carts is removed.
     *
     * @param owner the number of the cart that they were pulled for, and whose {@link Holder#bytes} include them; 0 if
     *     that cart does not have them any more
     * @param carts the numbers of all carts that share them
     * @param bytes how many bytes they {@linkplain SpaceStore#taken take} on the volume
     */
    record Shared(long owner, Set<Long> carts, long bytes) {
        /** The bytes that are used but not included in any cart's {@link Holder#bytes}: those without an owner. */
        public long unowned() {
            return owner == 0 ? bytes : 0;
        }
    }

    /**
     * A pin: it keeps one cart from being evicted while one process sends downloads of it.
     *
     * @param cart the number of the cart
     * @param node the name of the process
     * @param downloads how many downloads of the cart the process has open; 1 or more
     * @param until when the pin ends if it is not renewed
     */
    record Pin(long cart, String node, int downloads, Instant until) {
        /** How long a pin lasts if it is not renewed. */
        public static final Duration LEASE = Duration.ofSeconds(60);

        private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(1);

        /**
         * The latest moment at which a valid pin can end. A pin that ends later was made before the clock was set back,
         * and does not hold.
         */
        public static Instant latestEnd(Instant now) {
            return now.plus(LEASE).plus(CLOCKS_DIFFER);
        }
    }

    /**
     * Reserves room for a claimed cart: once, for all its bytes, until it leaves work. If that many bytes are reserved
     * for it already, this returns {@link ReserveResult#RESERVED} without asking. Otherwise {@code decide} gets the
     * books under the store's one lock for room, and its decision is recorded before the lock is released: room that is
     * granted replaces the earlier reservation, which stays while the cart waits. {@code decide} must not call the
     * store, must have no effect, since it may be called twice, and must not take longer than asking the volume for its
     * free space. If the room is reserved, the cart and these files are recorded too, as {@link CartStore#record} does
     * it.
     *
     * <p>When the cart leaves work, its reservation and its place in the queue end. A repaired cart reserves anew.
     *
     * @param files the files that changed; may be empty
     * @param bytes the bytes that the cart needs in all, those that it holds already included
     * @param limited whether {@code decide} has to know {@link Books#used}, which takes time if there are many carts
     * @throws CartException.Unavailable if the store cannot be reached in time
     * @throws RuntimeException if {@code decide} throws it; nothing is recorded then
     */
    ReserveResult reserve(
            Cart claim, List<CartFile> files, long bytes, boolean limited, Function<Books, Decision> decide);

    /**
     * Ends the reservation of a claimed cart, because the volume has less room than the books say. The cart has to
     * reserve room again. Does nothing if the claim does not hold any more.
     *
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    void giveBack(Cart claim);

    /**
     * Returns the carts that wait for room, in the order in which they came.
     *
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    List<Waiting> waiting();

    /**
     * Returns all carts that hold or have reserved bytes on the volume, or are ready or in error, in the order of their
     * numbers.
     *
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    List<Holder> holders();

    /**
     * Returns the bytes that carts share. The same set of carts may have one entry for all bytes that it shares, or
     * several.
     *
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    List<Shared> shared();

    /**
     * Pins a ready cart for the downloads of it that this process has open, or renews its pin. With no downloads the
     * pin is removed. Counts as a use of the cart in any case.
     *
     * @param downloads how many downloads of the cart this process has open; 0 or more
     * @param until when the pin ends; if this is after {@link Pin#latestEnd}, the pin does not hold
     * @return whether the cart is ready; if not, nothing is pinned, and its files may be removed at any time
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    boolean pin(long cartId, int downloads, Instant until);

    /**
     * Returns the pins that hold now.
     *
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    List<Pin> pins();

    /**
     * Returns the carts that are ready or in error and whose bytes on the volume or sizes of files were never measured:
     * carts of Pacifica Cartd. A store that never has such carts need not implement this and {@link #measured}.
     *
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    default List<Cart> unmeasured() {
        return List.of();
    }

    /**
     * Records the measurement of a cart from {@link #unmeasured}: the {@code held} and {@code progress} of {@code
     * cart}, and the size and modification time of these files where they are not known yet. Does not count as a use.
     * Does nothing if the cart's state or epoch is not that of {@code cart} any more.
     *
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    default void measured(Cart cart, List<CartFile> files) {}

    /**
     * Keeps a cart from being evicted until {@code until}, even if room is short. A moment in the past ends an earlier
     * promise.
     *
     * @param atLeast whether an earlier promise that ends later than {@code until} stays
     * @return whether there is such a cart and it is not deleted
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    boolean keep(long cartId, Instant until, boolean atLeast);

    /**
     * Deletes a cart that is ready or in error, unless it was used or changed after {@code used}, is pinned, or is
     * promised to be kept. If a cart is evicted and pinned at the same time, only one of the two succeeds.
     *
     * @param used when the caller saw the cart as last used or changed: {@link Holder#used} or {@link Cart#updated}
     * @param reason why the cart is evicted, in one line; it is recorded as the {@linkplain Cart#reason reason} of the
     *     deleted cart
     * @return whether the cart was deleted; its files are removed when it is claimed
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    boolean evict(long cartId, Instant used, String reason);
}
