package dev.cartd.server.view;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * How fast carts come on, as seen by those who looked at them here. A rate needs two looks some seconds apart; the
 * first one has none. Safe for use by many threads.
 */
final class Rates {
    /** How many carts are remembered: those that were looked at last. */
    private static final int CARTS = 1000;

    private static final int LOOKS = 64;
    private static final long BETWEEN = Duration.ofSeconds(1).toNanos();
    private static final long OLDEST = Duration.ofMinutes(2).toNanos();
    private static final long SHORTEST = Duration.ofSeconds(10).toNanos();

    /** What a cart had on the volume at a moment. */
    private record Look(long nanos, long bytes) {}

    /**
     * A rate.
     *
     * @param perSecond bytes in each second, on average
     * @param over the time that it was measured over
     * @param slowest the rate of the slower half of that time
     * @param fastest the rate of the faster half of that time
     */
    record Rate(long perSecond, Duration over, long slowest, long fastest) {
        /** Whether both halves agree well enough to say when this rate comes to an end. */
        boolean isSteady() {
            return slowest > 0 && fastest <= 3 * slowest;
        }
    }

    private final LongSupplier nanos;
    private final Recent<List<Look>> looks = new Recent<>(CARTS);

    /** @param nanos a clock that only goes forward, in nanoseconds */
    Rates(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Looks at a cart, and returns its rate if one is known and the cart is being staged. */
    Optional<Rate> look(Cart cart) {
        if (cart.status() != CartStatus.STAGING) {
            return Optional.empty();
        }
        Look now = new Look(nanos.getAsLong(), cart.progress().stagedBytes());
        List<Look> all = looks.change(cart.id(), List.of(), before -> with(before, now));
        Look first = all.get(0);
        return now.nanos - first.nanos < SHORTEST ? Optional.empty() : Optional.of(rate(all, first, now));
    }

    private static List<Look> with(List<Look> before, Look now) {
        // A cart that lost files begins anew.
        List<Look> recent = before.stream()
                .filter(look -> now.nanos - look.nanos <= OLDEST && look.bytes <= now.bytes)
                .toList();
        if (!recent.isEmpty() && now.nanos - recent.get(recent.size() - 1).nanos < BETWEEN) {
            return recent;
        }
        return Stream.concat(recent.stream(), Stream.of(now))
                .skip(Math.max(0, recent.size() + 1 - LOOKS))
                .toList();
    }

    private static Rate rate(List<Look> all, Look first, Look last) {
        long half = first.nanos + (last.nanos - first.nanos) / 2;
        Look middle = all.stream()
                .min((one, other) -> Long.compare(Math.abs(one.nanos - half), Math.abs(other.nanos - half)))
                .orElse(first);
        long before = perSecond(first, middle);
        long after = perSecond(middle, last);
        return new Rate(
                perSecond(first, last),
                Duration.ofNanos(last.nanos - first.nanos),
                Math.min(before, after),
                Math.max(before, after));
    }

    private static long perSecond(Look from, Look to) {
        long took = to.nanos - from.nanos;
        return took <= 0 ? 0 : (long) ((to.bytes - from.bytes) * 1e9 / took);
    }
}
