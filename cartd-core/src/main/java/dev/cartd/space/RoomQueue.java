package dev.cartd.space;

import dev.cartd.spi.SpaceStore.Books;
import dev.cartd.spi.SpaceStore.Decision;
import dev.cartd.spi.SpaceStore.Waiting;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Who gets room that is there: first come, first served. A smaller cart that fits may overtake larger ones that do not, but
 * none of them more than a bounded number of times, so that the largest gets its turn too.
 */
final class RoomQueue {
    /** How often one may be overtaken. */
    static final int MOST = 10;

    private RoomQueue() {}

    /**
     * Decides about one cart.
     *
     * @param bytes what it needs in all
     * @param free what may still be written to the volume, promised or not
     * @param reason what people are told if it waits
     */
    static Decision decide(Books books, long cart, long bytes, long free, String reason) {
        List<Waiting> before = books.line().stream()
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
