package dev.cartd.cart;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Tracks whether a resource that carts need (the archive, the volume, the database) is away, and since when. An outage
 * begins when uses of the resource fail for some time without a success in between, and ends with the first success.
 * The log gets one line when an outage begins and one when it ends, however many uses fail in between, and not more
 * than one such pair a minute if the resource comes and goes. Safe for use by many threads.
 */
public final class Outage {
    /** The least time between the first lines of two outages. */
    private static final Duration APART = Duration.ofMinutes(1);

    /**
     * Carts that wait for the resource try it far more often. If no use failed for this long, nobody used the resource,
     * and it may have been back in the meantime: so the next failure counts as the first.
     */
    private static final Duration UNUSED = Duration.ofHours(1);

    /**
     * For how long a failure counts as what is known now. Who waits for the resource tries it at least once a minute;
     * if nobody waits any more, nobody would notice its return.
     */
    private static final Duration CURRENT = Duration.ofMinutes(3);

    /**
     * A resource is away.
     *
     * @param since since when
     * @param reason why its last use failed, in one line
     */
    public record Away(Instant since, String reason) {}

    /** Writes the two log lines of an outage. Called under the lock of the outage: it must not wait. */
    public interface Log {
        /** The resource is away since {@code since}, for this reason. */
        void away(Instant since, String reason);

        /**
         * The resource is back.
         *
         * @param lasted how long the outage was, such as {@code 12 min}
         */
        void back(String lasted);
    }

    private final Duration shortest;
    private final InstantSource clock;
    private final Log log;
    private volatile Optional<Instant> failing = Optional.empty();
    private volatile boolean away;
    private volatile int ended;
    private Optional<Instant> failedLast = Optional.empty();
    private String reason = "";
    private boolean logged;
    private Optional<Instant> loggedAt = Optional.empty();

    /**
     * Tracks a resource that is not away.
     *
     * @param shortest how long uses have to fail until an outage begins; zero if the first failure begins it
     */
    public Outage(Duration shortest, InstantSource clock, Log log) {
        this.shortest = shortest;
        this.clock = clock;
        this.log = log;
    }

    /** Since when the resource is away; empty if it is not away. Never waits. */
    public Optional<Instant> since() {
        return away ? failing : Optional.empty();
    }

    /** The outage, as it is known now; empty if there is none, or if no use has failed for three minutes. */
    public synchronized Optional<Away> now() {
        Instant now = clock.instant();
        boolean isCurrent =
                failedLast.filter(last -> !now.isAfter(last.plus(CURRENT))).isPresent();
        return isCurrent ? since().map(since -> new Away(since, reason)) : Optional.empty();
    }

    /** How many outages have ended. Callers read this before they use the resource, and pass it to {@link #failed}. */
    public int ended() {
        return ended;
    }

    /**
     * Records that a use failed. A use that began before the last outage ended does not begin a new outage.
     *
     * @param endedBefore the value of {@link #ended} when the use began
     * @param reason why the use failed, in one line
     */
    public synchronized void failed(int endedBefore, String reason) {
        if (!away && endedBefore != ended) {
            return;
        }
        Instant now = clock.instant();
        Instant since = failingSince(now);
        if (away || Duration.between(since, now).compareTo(shortest) >= 0) {
            begin(since, reason, now);
        }
    }

    /** Records that the resource certainly is away: the outage begins now, even if no use has failed before. */
    public synchronized void found(String reason) {
        Instant now = clock.instant();
        begin(failingSince(now), reason, now);
    }

    /** Records a failure and returns since when uses have failed. */
    private Instant failingSince(Instant now) {
        if (failedLast.filter(last -> now.isAfter(last.plus(UNUSED))).isPresent()) {
            forget();
        }
        failedLast = Optional.of(now);
        Instant since = failing.orElse(now);
        failing = Optional.of(since);
        return since;
    }

    private void begin(Instant since, String why, Instant now) {
        away = true;
        reason = why;
        if (!logged && loggedAt.filter(before -> isShortlyAfter(before, now)).isEmpty()) {
            logged = true;
            loggedAt = Optional.of(now);
            log.away(since, why);
        }
    }

    /** If the clock was set back, {@code before} is after {@code now}: then the line is not held back. */
    private static boolean isShortlyAfter(Instant before, Instant now) {
        return !now.isBefore(before) && now.isBefore(before.plus(APART));
    }

    /** Records that a use succeeded. Waits for no lock unless uses have failed before. */
    public void worked() {
        if (failing.isPresent()) {
            end();
        }
    }

    private synchronized void end() {
        if (logged) {
            log.back(length(failing.orElseThrow()));
        }
        if (away) {
            ended++;
        }
        forget();
    }

    private void forget() {
        failing = Optional.empty();
        away = false;
        logged = false;
    }

    private String length(Instant since) {
        Duration lasted = Duration.between(since, clock.instant());
        if (lasted.toSeconds() < 120) {
            return Math.max(0, lasted.toSeconds()) + " s";
        }
        return lasted.toMinutes() < 120 ? lasted.toMinutes() + " min" : lasted.toHours() + " h";
    }
}
