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
 * Whether the database is away, since when, and for which use. Logs one line when it goes and one when it is back,
 * however many statements fail in between.
 */
final class DatabaseOutage {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseOutage.class);

    private final Dialect dialect;
    private final InstantSource clock;
    private final Outage outage;
    private volatile Optional<Dialect.Use> lasting = Optional.empty();

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

    /** What cannot be done now; empty while the database is there. */
    Optional<Dialect.Use> lasting() {
        return lasting;
    }

    /** How many outages have ended; to be asked before something is tried, for {@link #failed}. */
    int ended() {
        return outage.ended();
    }

    /**
     * Notes a failure that means that the database is away; answers the sentence for whoever asked.
     *
     * @param endedBefore what {@link #ended} was when this was tried
     */
    synchronized String failed(int endedBefore, Dialect.Use use, String reason) {
        outage.failed(endedBefore, reason);
        Optional<Instant> since = outage.since();
        if (since.isPresent() && (lasting.isEmpty() || use == Dialect.Use.WRITE)) {
            lasting = Optional.of(use);
        }
        return sentence(since, reason);
    }

    /** Notes that a statement was carried out. Reads that succeed do not prove that writes do. */
    void worked(Dialect.Use use) {
        if (isProven(use)) {
            end(use);
        }
    }

    private synchronized void end(Dialect.Use use) {
        if (isProven(use)) {
            lasting = Optional.empty();
            outage.worked();
        }
    }

    private boolean isProven(Dialect.Use use) {
        return lasting.filter(lost -> use == Dialect.Use.WRITE || lost == Dialect.Use.READ)
                .isPresent();
    }

    private String sentence(Optional<Instant> began, String reason) {
        String since = began.map(known -> "since " + HumanText.utc(known, clock.instant()))
                .orElse("now");
        return "the database (" + dialect + ") cannot be used " + since + ": " + reason;
    }
}
