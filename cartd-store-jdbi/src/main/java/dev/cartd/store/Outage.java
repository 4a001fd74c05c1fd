package dev.cartd.store;

import dev.cartd.cart.Words;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the database is away, and since when. Logs one line when it goes and one when it is back, however many
 * statements fail in between.
 */
final class Outage {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    private final Dialect dialect;
    private final InstantSource clock;
    private volatile Optional<Began> began = Optional.empty();
    private volatile int ended;

    private record Began(Instant since, Dialect.Use use) {}

    Outage(Dialect dialect, InstantSource clock) {
        this.dialect = dialect;
        this.clock = clock;
    }

    /** What cannot be done now; empty while the database is there. */
    Optional<Dialect.Use> lasting() {
        return began.map(Began::use);
    }

    /** How many outages have ended; to be asked before something is tried, for {@link #failed}. */
    int ended() {
        return ended;
    }

    /**
     * Notes a failure that means that the database is away; answers the sentence for whoever asked. What was tried
     * before the last outage ended, and fails only now, begins no new one.
     *
     * @param endedBefore what {@link #ended} was when this was tried
     */
    synchronized String failed(int endedBefore, Dialect.Use use, String reason) {
        if (began.isEmpty() && endedBefore != ended) {
            return sentence(reason);
        }
        if (began.isEmpty()) {
            began = Optional.of(new Began(clock.instant(), use));
            LOG.warn("{}; work waits, and goes on by itself when it is back", sentence(reason));
        } else if (use == Dialect.Use.WRITE) {
            began = began.map(known -> new Began(known.since, use));
        }
        return sentence(reason);
    }

    /** Notes that a statement was carried out. Reads that succeed do not prove that writes do. */
    void worked(Dialect.Use use) {
        Optional<Began> known = began;
        if (known.isPresent() && (use == Dialect.Use.WRITE || known.get().use == Dialect.Use.READ)) {
            end();
        }
    }

    private synchronized void end() {
        if (began.isPresent()) {
            LOG.info("the database ({}) is back after {}", dialect, length(began.get().since));
            began = Optional.empty();
            ended++;
        }
    }

    private String sentence(String reason) {
        String since = began.map(known -> "since " + Words.utc(known.since, clock.instant()))
                .orElse("now");
        return "the database (" + dialect + ") cannot be used " + since + ": " + reason;
    }

    private String length(Instant since) {
        long seconds = Math.max(0, Duration.between(since, clock.instant()).toSeconds());
        return seconds < 120 ? seconds + " s" : seconds / 60 + " min";
    }
}
