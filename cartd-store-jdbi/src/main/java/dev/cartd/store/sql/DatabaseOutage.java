package dev.cartd.store.sql;

import dev.cartd.cart.HumanText;
import dev.cartd.cart.Outage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The outage of the database: whether it is away, since when, and for reads or writes. Logs one line when an outage
 * begins and one when it ends, however many statements fail in between. Safe for use by many threads.
 */
final class DatabaseOutage {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseOutage.class);

    private final Dialect dialect;
    private final InstantSource clock;
    private final Outage outage;
    private volatile Optional<Dialect.Use> lostUse = Optional.empty();

    DatabaseOutage(Dialect dialect, InstantSource clock) {
        this.dialect = dialect;
        this.clock = clock;
        this.outage = new Outage(Duration.ZERO, clock, new Lines());
    }

    private final class Lines implements Outage.Log {
        @Override
        public void away(Instant since, String reason) {
            LOG.warn("{}; work waits, and goes on by itself when it is back", sentence(Optional.of(since), reason));
        }

        @Override
        public void back(String lasted) {
            LOG.info("the database ({}) is back after {}", dialect, lasted);
        }
    }

    /**
     * The kind of use that fails during the current outage: {@code WRITE} if only writes are known to fail; empty if
     * there is no outage.
     */
    Optional<Dialect.Use> lostUse() {
        return lostUse;
    }

    /** The outage, as it is known now; empty if there is none. */
    Optional<Outage.Away> now() {
        return outage.now();
    }

    /** The number of outages that have ended; read it before a statement is tried, for {@link #failed}. */
    int ended() {
        return outage.ended();
    }

    /**
     * Records a failure that means that the database is away.
     *
     * @param endedBefore the value of {@link #ended} before the statement was tried
     * @return the message for the caller of the statement
     */
    synchronized String failed(int endedBefore, Dialect.Use use, String reason) {
        outage.failed(endedBefore, reason);
        Optional<Instant> since = outage.since();
        if (since.isPresent() && (lostUse.isEmpty() || use == Dialect.Use.WRITE)) {
            lostUse = Optional.of(use);
        }
        return sentence(since, reason);
    }

    /** Records that a statement succeeded, which ends an outage. A successful read does not end an outage of writes. */
    void worked(Dialect.Use use) {
        if (isProven(use)) {
            end(use);
        }
    }

    private synchronized void end(Dialect.Use use) {
        if (isProven(use)) {
            lostUse = Optional.empty();
            outage.worked();
        }
    }

    private boolean isProven(Dialect.Use use) {
        return lostUse.filter(lost -> use == Dialect.Use.WRITE || lost == Dialect.Use.READ)
                .isPresent();
    }

    private String sentence(Optional<Instant> since, String reason) {
        String time = since.map(known -> "since " + HumanText.utc(known, clock.instant()))
                .orElse("now");
        return "the database (" + dialect + ") cannot be used " + time + ": " + reason;
    }
}
