package dev.cartd.cart;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * For how long a cart in work has come no further, and what it waits for. All durations are working time: a node counts
 * the time since it, or another one, looked after the cart last, but never more than {@link #GAP} at once. So neither a
 * night in which no node ran nor a clock that jumps brings a deadline nearer.
 *
 * @param stalled the working time since a file was last staged, became known or available, or brought bytes
 * @param counted up to when working time was counted, in whole milliseconds; the epoch if it never was
 * @param waitsFor what the cart waits for; empty while it gets on, or does work of its own
 */
public record Standstill(Duration stalled, Instant counted, Optional<Wait> waitsFor) {
    /** The most working time that lies between two looks at a cart: twice the longest pause between its steps. */
    public static final Duration GAP = Duration.ofMinutes(2);

    private static final Set<Wait.Kind> BYTES = EnumSet.of(Wait.Kind.SLOW, Wait.Kind.REFUSED);

    /** Of a cart that no node has looked after yet. */
    public static final Standstill NEW = new Standstill(Duration.ZERO, Instant.EPOCH, Optional.empty());

    /** Keeps the time to what every store can hold. */
    public Standstill {
        counted = counted.truncatedTo(ChronoUnit.MILLIS);
    }

    /** This one, with the working time up to {@code now} counted. */
    public Standstill count(Instant now) {
        Duration gap = gap(now);
        return new Standstill(stalled.plus(gap), now, waitsFor.map(known -> known.after(gap)));
    }

    private Duration gap(Instant now) {
        if (counted.equals(Instant.EPOCH) || now.isBefore(counted)) {
            return Duration.ZERO;
        }
        Duration gap = Duration.between(counted, now.truncatedTo(ChronoUnit.MILLIS));
        return gap.compareTo(GAP) > 0 ? GAP : gap;
    }

    /** After the cart came further: it does not wait any more. */
    public Standstill ended() {
        return new Standstill(Duration.ZERO, counted, Optional.empty());
    }

    /** After bytes came, perhaps too slowly or the wrong ones: what else it waited for is over. */
    public Standstill brought() {
        return new Standstill(Duration.ZERO, counted, waitsFor.filter(known -> BYTES.contains(known.kind())));
    }

    /** Without the wait, though the cart did not come further yet. */
    public Standstill withoutWait() {
        return new Standstill(stalled, counted, Optional.empty());
    }

    /**
     * Waiting for this. A wait of the same kind goes on, with its new detail; one of another kind ends.
     *
     * @param most the working time that such a wait may take; empty for any
     * @param mostStalled the working time that the cart may stand still for in all, whatever it waits for
     */
    public Standstill waitingFor(
            Wait.Kind kind, String detail, Instant now, Optional<Duration> most, Duration mostStalled) {
        Optional<Wait> before = waitsFor.filter(known -> known.kind() == kind);
        Duration waited = before.map(Wait::waited).orElse(Duration.ZERO);
        Duration left = mostStalled.minus(stalled);
        Duration byStall = waited.plus(left.isNegative() ? Duration.ZERO : left);
        Optional<Duration> limit = most.map(own -> own.compareTo(byStall) < 0 ? own : byStall);
        Instant since = before.map(Wait::since).orElse(now);
        return new Standstill(stalled, counted, Optional.of(new Wait(kind, since, waited, limit, detail)));
    }

    /** Whether this says the same as another one, however much time each has counted. */
    public boolean saysLike(Standstill other) {
        return waitsFor.isPresent() == other.waitsFor.isPresent()
                && waitsFor.map(known -> known.saysLike(other.waitsFor.orElse(known)))
                        .orElse(true);
    }

    /** Until when the wait takes at most if nodes work on the cart from now on; empty if it has no end by itself. */
    public Optional<Instant> until(Instant now) {
        Instant from = now.isBefore(counted) || gap(now).equals(GAP) ? now : counted;
        return waitsFor.flatMap(known -> known.limit().map(limit -> from.plus(limit.minus(known.waited()))));
    }
}
