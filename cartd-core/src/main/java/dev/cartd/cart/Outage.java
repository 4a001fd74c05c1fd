package dev.cartd.cart;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Whether something that carts need (the archive, the volume, the database) is away, and since when. It is away when
 * uses of it fail and none works in between, and back with the first that works. The log gets one line when it goes and
 * one when it is back, however many uses fail in between; and where it comes and goes, not more than one such pair a
 * minute. Safe for use by many threads.
 */
public final class Outage {
    private static final Duration APART = Duration.ofMinutes(1);

    /** Who waits for it tries far more often: after this, nobody has used it, and it may have been back meanwhile. */
    private static final Duration UNUSED = Duration.ofHours(1);

    /** Writes the two lines of an outage. */
    public interface Log {
        /** It is away since then, for this reason. */
        void away(Instant since, String reason);

        /** It is back, after a time such as {@code 12 min}. */
        void back(String lasted);
    }

    private final Duration shortest;
    private final InstantSource clock;
    private final Log log;
    private volatile Optional<Instant> failing = Optional.empty();
    private volatile boolean away;
    private volatile int ended;
    private Optional<Instant> failedLast = Optional.empty();
    private boolean logged;
    private Optional<Instant> loggedAt = Optional.empty();

    /** @param shortest how long uses have to fail until that is taken for an outage; zero for at once */
    public Outage(Duration shortest, InstantSource clock, Log log) {
        this.shortest = shortest;
        this.clock = clock;
        this.log = log;
    }

    /** Since when it is away; empty while it is there. */
    public Optional<Instant> since() {
        return away ? failing : Optional.empty();
    }

    /** How many outages have ended; to be asked before it is used, for {@link #failed}. */
    public int ended() {
        return ended;
    }

    /**
     * Notes that a use failed. What was begun before the last outage ended, and fails only now, begins no new one.
     *
     * @param endedBefore what {@link #ended} was when the use began
     */
    public synchronized void failed(int endedBefore, String reason) {
        if (!away && endedBefore != ended) {
            return;
        }
        Instant now = clock.instant();
        Instant since = fails(now);
        if (away || Duration.between(since, now).compareTo(shortest) >= 0) {
            begin(since, reason, now);
        }
    }

    /** Notes that it is away for certain, however long that has been so. */
    public synchronized void found(String reason) {
        Instant now = clock.instant();
        begin(fails(now), reason, now);
    }

    /** Answers since when it does. */
    private Instant fails(Instant now) {
        if (failedLast.filter(last -> now.isAfter(last.plus(UNUSED))).isPresent()) {
            forget();
        }
        failedLast = Optional.of(now);
        Instant since = failing.orElse(now);
        failing = Optional.of(since);
        return since;
    }

    private void begin(Instant since, String reason, Instant now) {
        away = true;
        if (!logged && loggedAt.filter(before -> isShortlyAfter(before, now)).isEmpty()) {
            logged = true;
            loggedAt = Optional.of(now);
            log.away(since, reason);
        }
    }

    /** A clock that was set back makes nothing late. */
    private static boolean isShortlyAfter(Instant before, Instant now) {
        return !now.isBefore(before) && now.isBefore(before.plus(APART));
    }

    /** Notes that a use worked. */
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
