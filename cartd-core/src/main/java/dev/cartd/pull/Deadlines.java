package dev.cartd.pull;

import dev.cartd.cart.Standstill;
import dev.cartd.cart.Wait;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How long a cart may wait for what, in working time. Whatever it waits for, and however often that changes, it may
 * come no further for as long as a file on tape is waited for; only a wait that may last longer by itself makes that
 * longer.
 */
public record Deadlines(StageSettings settings, Duration room) {
    /** This standstill, waiting for this. */
    public Standstill wait(Standstill before, Wait.Kind kind, String detail, Instant now) {
        Optional<Duration> most = most(kind);
        Duration stalled =
                most.filter(own -> own.compareTo(settings.tapePatience()) > 0).orElse(settings.tapePatience());
        return before.waitingFor(kind, detail, now, most, stalled);
    }

    private Optional<Duration> most(Wait.Kind kind) {
        return switch (kind) {
            case ARCHIVE, VOLUME, DEFECT -> Optional.of(settings.patience());
            case ROOM -> Optional.of(room);
            case TAPE, SLOW, REFUSED, OTHER_CART, PERMITS, MEMORY -> Optional.of(settings.tapePatience());
            case HASHING, WORKER, DATABASE -> Optional.empty();
        };
    }
}
