package dev.cartd.spi;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The books of the volume: who takes how much room, who was promised some, who waits for it, and what must not be
 * evicted. It belongs to a {@link CartStore}, and promises what that one does: each method is one transaction, and safe
 * for use by many threads and processes at once.
 */
public interface SpaceStore {
    /** What came of asking for room. */
    enum Answer {
        /** It is reserved. */
        RESERVED,
        /** The cart is in the line for it. */
        WAITS,
        /** The claim does not hold any more. */
        LOST
    }

    /** What is decided about room, with all the books open. */
    sealed interface Decision {
        /**
         * The cart gets it.
         *
         * @param overtaken carts before it in the line, which have been overtaken once more by this
         */
        record Grant(Set<Long> overtaken) implements Decision {}

        /**
         * The cart goes to the end of the line, or stays where it is in it.
         *
         * @param reason what people are told meanwhile
         */
        record Wait(String reason) implements Decision {}
    }

    /**
     * The books at one moment, as they concern one cart.
     *
     * @param used the bytes that all carts take on the volume, as far as they have told; what they share counts once
     * @param promised the bytes that other carts in work have reserved and, as far as they have told, not filled yet
     * @param own the bytes that this cart takes already
     * @param line who waits for room, first come first; this cart too if it does
     */
    record Books(long used, long promised, long own, List<Waiting> line) {}

    /**
     * A cart in work that waits for room.
     *
     * @param since when it came into the line
     * @param bytes how much it needs in all
     * @param overtaken how often one that came later got room before it
     */
    record Waiting(long cart, String uid, Instant since, long bytes, int overtaken) {}

    /**
     * A cart that takes room, was promised some, or may go.
     *
     * @param status its state; a deleted one is here until its files are gone
     * @param bytes what it takes on the volume for itself; what it shares is with the one that it was pulled for
     * @param reserved what it may take in all, while it is in work
     * @param used when it last changed or was used
     * @param kept until when its client was promised that it stays; empty for no promise
     * @param pinned until when it is pinned by downloads, if it is now
     */
    record Held(
            long cart,
            String uid,
            CartStatus status,
            long bytes,
            long reserved,
            Instant used,
            Optional<Instant> kept,
            Optional<Instant> pinned) {}

    /**
     * Bytes on the volume that several carts have as theirs, under a name in each; they go with the last of these
     * carts.
     *
     * @param owner the cart that they were pulled for and count as held by; 0 if it does not have them any more
     * @param carts all that share them
     */
    record Shared(long owner, Set<Long> carts, long bytes) {
        /** What counts as used though no cart holds it. */
        public long inherited() {
            return owner == 0 ? bytes : 0;
        }
    }

    /**
     * Downloads of one cart by one process.
     *
     * @param node the process
     * @param downloads how many there are
     * @param until when the pin ends if it is not renewed
     */
    record Pin(long cart, String node, int downloads, Instant until) {
        /** How long a pin lasts that is not renewed. */
        public static final Duration LEASE = Duration.ofSeconds(60);

        private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(1);

        /** A pin that ends later than this was made before the clock went back, and holds nothing. */
        public static Instant latestEnd(Instant now) {
            return now.plus(LEASE).plus(CLOCKS_DIFFER);
        }
    }

    /**
     * Reserves room for a claimed cart, once for all its bytes, until it leaves work. Where as much is reserved
     * already, that is the answer. Otherwise {@code decide} is shown the books under the store's one lock for room, and
     * what it decides is written down before anybody else sees them. It must not call the store, and takes no longer
     * than a look at the volume.
     */
    Answer reserve(Cart claim, long bytes, Function<Books, Decision> decide);

    /**
     * Gives back what is reserved for a claimed cart and not filled: there is less room than the books say. It has to
     * reserve it again.
     */
    void giveBack(Cart claim);

    /** Who waits for room, first come first. */
    List<Waiting> waiting();

    /** All that take room on the volume, were promised some, or are ready or in error; by their numbers. */
    List<Held> held();

    /** What carts share, of each set of carts all together or in several parts. */
    List<Shared> shared();

    /**
     * Pins a ready cart for this process's downloads of it, or renews that; without downloads the pin goes. Counts as a
     * use in any case. It ends no later than {@link Pin#latestEnd}: else it does not hold.
     *
     * @return whether the cart was still ready; if not, it may be gone at any moment, and nothing is pinned
     */
    boolean pin(long cartId, int downloads, Instant until);

    /** The pins that hold now. */
    List<Pin> pins();

    /**
     * Ready carts and those in error of which nobody ever told what they take, or how large their files are: the
     * original's.
     */
    List<Cart> unmeasured();

    /**
     * Remembers what such a cart was found to be, unless it changed since: the {@code held} and {@code progress} that
     * {@code cart} carries, and size and time of these files where they were not known. That is no use of it.
     */
    void measured(Cart cart, List<CartFile> files);

    /**
     * Has a cart stay until then, whatever room is needed; in the past it ends a promise.
     *
     * @param atLeast whether a later moment that was promised before stays
     * @return whether there is such a cart that is not deleted
     */
    boolean keep(long cartId, Instant until, boolean atLeast);

    /**
     * Deletes a cart that is ready or in error, unless it was used or changed since {@code used}, is pinned now, or is
     * to be kept: of an eviction and a pin only one comes through.
     *
     * @param reason why, for who asks later where it went
     * @return whether it was deleted; its files go when it is claimed
     */
    boolean evict(long cartId, Instant used, String reason);
}
