package dev.cartd.spi;

import dev.cartd.cart.CartException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The notices that are to be sent. They belong to a {@link CartStore}, which records a notice in the transaction in
 * which the cart becomes ready, fails or is evicted: so neither is without the other, whatever dies when. Each method is
 * one transaction, and safe for use by many threads and processes at once.
 *
 * <p>A notice is sent at least once: who sends it {@linkplain #claim claims} it for some time, and then says how that
 * went. If nothing is said until then, it is due again.
 */
public interface Notices {
    /** The most URLs that are told about one cart. */
    int MOST_URLS = 10;

    /** The most notices for one {@linkplain Notice#host host} that {@link #due} returns. */
    int MOST_FOR_ONE = 2;

    /**
     * Has a URL told of what happens to a cart from now on. If the cart is ready, has failed or was deleted by now, the
     * URL is told of that too, unless a notice of it waits to be sent to the URL already.
     *
     * @return false if the cart has {@link #MOST_URLS} other URLs; nothing is recorded then
     * @throws IllegalArgumentException if the URL has no host
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    boolean tell(long cartId, String url);

    /**
     * Returns notices that are due, those that are due for longest first, and of each host at most
     * {@link #MOST_FOR_ONE}: so one that does not answer does not hold up the others.
     *
     * @param most the most notices to return; 0 or more
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    List<Notice> due(int most);

    /**
     * Claims a notice for so long; it counts as tried once more.
     *
     * @param notice as {@link #due} returned it
     * @return the claimed notice; empty if somebody else claimed it meanwhile, or it is gone
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    Optional<Notice> claim(Notice notice, Duration time);

    /**
     * Removes a notice that was sent.
     *
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    void sent(Notice notice);

    /**
     * Records that a claimed notice could not be sent. Does nothing if somebody else claimed it meanwhile.
     *
     * @param why in one line
     * @param pause after which it is due again; empty to give it up
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    void failed(Notice notice, String why, Optional<Duration> pause);

    /**
     * Returns notices, those first that were given up, then by the time at which they are due.
     *
     * @param most the most notices to return; 0 or more
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    List<Notice> list(int most);

    /**
     * Makes notices that were given up due now, as if they had never been tried.
     *
     * @param ids those to take; empty for all that were given up
     * @return how many there were
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    int retry(Set<String> ids);

    /**
     * Forgets the notices that were given up, and are of what happened before {@code before}.
     *
     * @return how many there were
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    int forget(Instant before);
}
