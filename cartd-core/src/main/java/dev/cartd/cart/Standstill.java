package dev.cartd.cart;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * For how long a cart in work has made no progress, and what it waits for. All durations are working time: each time a
 * node works on the cart, it counts the time since any node last did, but never more than {@link #GAP}. So neither a
 * night in which no node ran nor a clock that jumps brings a deadline nearer. Immutable, so safe for use by many
 * threads.
 *
 * @param stalled the working time since a file was last staged, became known or available, or got bytes
 * @param counted until when working time was counted, in whole milliseconds; the epoch if it was never counted
 * @param waitsFor what the cart waits for; empty while it makes progress or is being worked on
 */
public record Standstill(Duration stalled, Instant counted, Optional<Wait> waitsFor) {
    /** The most working time that is counted at once: twice the longest pause between two steps of a cart. */
    public static final Duration GAP = Duration.ofMinutes(2);

    /** The waits that do not end when bytes arrive, since these may be too few or the wrong ones. */
    private static final Set<Wait.Kind> OUTLAST_BYTES = EnumSet.of(Wait.Kind.SLOW, Wait.Kind.REFUSED);

    /** The standstill of a cart that no node has worked on yet. */
    public static final Standstill NEW = new Standstill(Duration.ZERO, Instant.EPOCH, Optional.empty());

    /** Truncates {@code counted} to milliseconds, which every store can hold. */
    public Standstill {
        counted = counted.truncatedTo(ChronoUnit.MILLIS);
    }

    /** This standstill with the working time until {@code now} counted. */
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

    /** This standstill after the cart made progress: no stalled time, no wait. */
    public Standstill ended() {
        return new Standstill(Duration.ZERO, counted, Optional.empty());
    }

    /**
     * This standstill after bytes arrived: no stalled time, and no wait, except one because bytes arrive too slowly or
     * are wrong.
     */
    public Standstill afterBytes() {
        return new Standstill(Duration.ZERO, counted, waitsFor.filter(known -> OUTLAST_BYTES.contains(known.kind())));
    }

    /** The wait, if it is of this kind. */
    public Optional<Wait> waitsFor(Wait.Kind kind) {
        return waitsFor.filter(known -> known.kind() == kind);
    }

    /** This standstill without its wait; the stalled time stays, since the cart made no progress yet. */
    public Standstill withoutWait() {
        return new Standstill(stalled, counted, Optional.empty());
    }

    /**
     * This standstill with a wait of this kind. If the cart waits for the same kind already, that wait continues with
     * the new detail; a wait of another kind ends.
     *
     * @param most the most working time of such a wait; empty for no limit
     * @param mostStalled the most working time that the cart may make no progress, whatever it waits for
     */
    public Standstill waitingFor(
            Wait.Kind kind, String detail, Instant now, Optional<Duration> most, Duration mostStalled) {
        Optional<Wait> before = waitsFor(kind);
        Duration waited = before.map(Wait::waited).orElse(Duration.ZERO);
        Duration left = mostStalled.minus(stalled);
        Duration byStall = waited.plus(left.isNegative() ? Duration.ZERO : left);
        Optional<Duration> limit = most.map(own -> own.compareTo(byStall) < 0 ? own : byStall);
        Instant since = before.map(Wait::since).orElse(now);
        return new Standstill(stalled, counted, Optional.of(new Wait(kind, since, waited, limit, detail)));
    }

    /** Whether the cart waits for the same as in {@code other}; the counted times may differ. */
    public boolean hasSameWait(Standstill other) {
        return waitsFor.isPresent() == other.waitsFor.isPresent()
                && waitsFor.map(known -> known.isSameAs(other.waitsFor.orElse(known)))
                        .orElse(true);
    }

    /**
     * When the wait ends at the latest, if nodes work on the cart from now on; empty if there is no wait or it has no
     * limit.
     */
    public Optional<Instant> until(Instant now) {
        Instant from = now.isBefore(counted) || gap(now).equals(GAP) ? now : counted;
        return waitsFor.flatMap(known -> known.limit().map(limit -> from.plus(limit.minus(known.waited()))));
    }
}
