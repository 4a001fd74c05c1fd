package dev.cartd.space;

import dev.cartd.spi.SpaceStore.Books;
import dev.cartd.spi.SpaceStore.Decision;
import dev.cartd.spi.SpaceStore.Waiting;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Decides which waiting cart gets room: first come, first served. A smaller cart that fits may overtake larger ones,
 * but each cart is overtaken at most {@link #MOST} times, so that the largest gets its turn too.
 */
final class RoomQueue {
    /** How often a cart may be overtaken. */
    static final int MOST = 10;

    private RoomQueue() {}

    /**
     * Decides whether a cart gets room now.
     *
     * @param bytes the bytes that the cart needs in all, including those that it has on the volume already
     * @param free the bytes that may still be written to the volume, including those reserved for other carts
     * @param reason the reason that the cart shows while it waits
     */
    static Decision decide(Books books, long cart, long bytes, long free, String reason) {
        List<Waiting> before = books.queue().stream()
                .takeWhile(waiting -> waiting.cart() != cart)
                .toList();
        boolean fits = bytes - books.own() <= free - books.promised();
        boolean mayOvertake =
                before.stream().allMatch(waiting -> waiting.overtaken() < MOST && waiting.bytes() > bytes);
        return fits && mayOvertake
                ? new Decision.Grant(before.stream().map(Waiting::cart).collect(Collectors.toUnmodifiableSet()))
                : new Decision.Wait(reason);
    }
}
