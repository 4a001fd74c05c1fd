package dev.cartd;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.FileCounts;
import dev.cartd.cart.FileStatus;
import dev.cartd.download.Bundles;
import dev.cartd.download.FilePaths;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.SpaceStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds carts, and reads what a {@link Cart} does not tell by itself: its files, its place in the room queue, and what
 * became of carts that are deleted. Changes nothing, and does not count as a use. Safe for use by many threads. Each method throws
 * {@link CartException.Unavailable} if the store cannot be reached in time, unless it says otherwise.
 */
public final class CartDetails {
    private final CartStore store;
    private final Bundles bundles;
    private final InstantSource clock;
    private final FilePaths paths;

    /**
     * A place in the room queue.
     *
     * @param place how many carts are served before this one, plus one
     * @param length how many carts wait for room
     * @param bytes how many bytes of room this cart needs in all
     */
    public record Place(int place, int length, long bytes) {}

    CartDetails(CartStore store, Bundles bundles, InstantSource clock) {
        this.store = store;
        this.bundles = bundles;
        this.clock = clock;
        this.paths = new FilePaths(store);
    }

    /** Returns the time of this cartd, to which the moments of its carts refer. Never fails. */
    public Instant now() {
        return clock.instant();
    }

    /**
     * Returns the cart of this uid that was deleted last; empty if none was, or the store does not have it any more.
     * {@link Cart#updated} is when it was deleted, {@link Cart#reason} why it was evicted, or why it had failed before;
     * the reason is empty if a client deleted it.
     */
    public Optional<Cart> deleted(String uid) {
        return store.deleted(uid);
    }

    /**
     * Returns the newest live carts that are in one of these states, whose uid contains {@code part}, and whose numbers
     * are lower than {@code below}, newest first.
     *
     * @param states the states; empty for any
     * @param part a part of the uid, any text, with upper and lower case as they are; empty for any uid
     * @param most the most carts to return; 0 or more
     */
    public List<Cart> find(Set<CartStatus> states, String part, long below, int most) {
        return store.find(states, part, below, most);
    }

    /** Counts the files of a cart. */
    public FileCounts counts(Cart cart) {
        return store.counts(cart.id());
    }

    /**
     * Returns the first files of a cart whose numbers are higher than {@code after}, in the order of their numbers.
     *
     * @param status the state that the files are in; empty for any
     * @param most the most files to return; 0 or more
     */
    public List<CartFile> files(Cart cart, long after, Optional<FileStatus> status, int most) {
        return store.files(cart.id(), after, status, most);
    }

    /**
     * Returns the file of a cart with this path, as it is now; empty if the cart has none.
     *
     * @param path any text
     * @throws CartException.Unavailable also while other requests have all files of large carts listed
     */
    public Optional<CartFile> file(Cart cart, String path) {
        return paths.find(cart, path);
    }

    /** Returns the place of a cart in the room queue; empty if it does not wait for room. */
    public Optional<Place> place(Cart cart) {
        List<SpaceStore.Waiting> line = store.space().waiting();
        for (int i = 0; i < line.size(); i++) {
            if (line.get(i).cart() == cart.id()) {
                return Optional.of(new Place(i + 1, line.size(), line.get(i).bytes()));
            }
        }
        return Optional.empty();
    }

    /**
     * Returns the name of the directory at the top of a cart's tar. Never fails.
     *
     * @param filename the file name with which the tar is asked for; may be empty
     * @return empty if the name is made from the time when the cart became ready, and the cart is not ready
     */
    public Optional<String> top(Cart cart, String filename) {
        return bundles.top(cart, filename);
    }
}
