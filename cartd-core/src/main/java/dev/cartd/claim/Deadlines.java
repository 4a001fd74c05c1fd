package dev.cartd.claim;

import dev.cartd.cart.Standstill;
import dev.cartd.cart.Wait;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How long a cart may wait for each kind of cause, in working time. A cart whose waits change from kind to kind
 * may also go without progress for no longer than the patience for tape, or than the limit of the present wait if that
 * is longer.
 *
 * @param room how long a cart waits for room on the volume
 */
public record Deadlines(StageSettings settings, Duration room) {
    /** The standstill that follows when the cart waits for this. */
    public Standstill wait(Standstill before, Wait.Kind kind, String detail, Instant now) {
        Optional<Duration> longest = longest(kind);
        Duration stalled = longest.filter(own -> own.compareTo(settings.tapePatience()) > 0)
                .orElse(settings.tapePatience());
        return before.waitingFor(kind, detail, now, longest, stalled);
    }

    private Optional<Duration> longest(Wait.Kind kind) {
        return switch (kind) {
            case ARCHIVE, VOLUME, DEFECT -> Optional.of(settings.patience());
            case ROOM -> Optional.of(room);
            case TAPE, SLOW, REFUSED, OTHER_CART, PERMITS, MEMORY -> Optional.of(settings.tapePatience());
            case HASHING, WORKER -> Optional.empty();
        };
    }
}
