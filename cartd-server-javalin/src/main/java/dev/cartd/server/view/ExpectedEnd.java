package dev.cartd.server.view;

import dev.cartd.cart.Cart;
import dev.cartd.cart.FileCounts;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * When a cart is expected to have all of its bytes.
 *
 * @param at the end if they come as fast as until now
 * @param earliest the end if they come as fast as in the faster half of the time that was looked at
 * @param latest the end if they come as in the slower half
 */
public record ExpectedEnd(Instant at, Instant earliest, Instant latest) {
    /** The end at this rate; empty if nobody can know it. */
    static Optional<ExpectedEnd> of(Cart cart, FileCounts files, Rates.Rate rate, Instant now) {
        // Nobody knows when a tape comes, or how large a file is that the archive was not asked for.
        boolean isKnown = cart.progress().bytes().isPresent() && files.tape() == 0 && files.waiting() == 0;
        if (!isKnown || !rate.isSteady()) {
            return Optional.empty();
        }
        long left = cart.progress().bytes().getAsLong() - cart.progress().stagedBytes();
        return Optional.of(new ExpectedEnd(
                now.plus(time(left, rate.perSecond())),
                now.plus(time(left, rate.fastest())),
                now.plus(time(left, rate.slowest()))));
    }

    /** Rounded up to whole seconds: more would not be meant. */
    private static Duration time(long bytes, long perSecond) {
        return Duration.ofSeconds(bytes / perSecond + 1);
    }
}
