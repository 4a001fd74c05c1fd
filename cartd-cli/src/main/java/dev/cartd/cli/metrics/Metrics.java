package dev.cartd.cli.metrics;

import dev.cartd.Cartd;
import dev.cartd.server.CartdServer;
import dev.cartd.server.MetricsText;
import dev.cartd.spi.Archive;
import dev.cartd.spi.Meter;
import dev.cartd.spi.Scheduler;
import dev.cartd.store.Database;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts what a server does, from its start on. The counters are put around what the server works with, so neither the
 * core nor an adapter knows of them. Safe for use by many threads.
 */
public final class Metrics {
    private final Map<String, CountedArchive.Counts> archives = new ConcurrentSkipListMap<>();
    private final CountedSteps.Counts steps = new CountedSteps.Counts();
    private final CartCounts carts = new CartCounts();
    private final NoticeCounts notices = new NoticeCounts();

    /** All counters are zero. */
    public Metrics() {}

    /**
     * The archive, whose requests are counted from now on.
     *
     * @param name its name; empty for the default archive
     */
    public Archive count(String name, Archive uncounted) {
        return new CountedArchive(uncounted, archives.computeIfAbsent(name, any -> new CountedArchive.Counts()));
    }

    /** The scheduler, whose steps are counted from now on. */
    public Scheduler count(Scheduler uncounted) {
        return new CountedSteps(uncounted, steps);
    }

    /** Counts carts. */
    public Meter carts() {
        return carts;
    }

    /** Counts notices. */
    public NoticeCounts notices() {
        return notices;
    }

    /** What the archives did, by name, the default one first. */
    Map<String, CountedArchive.Counts> archives() {
        return archives;
    }

    CountedSteps.Counts steps() {
        return steps;
    }

    CartCounts cartCounts() {
        return carts;
    }

    /** The text of all counters, and of what is asked of these for each text. */
    public MetricsText text(Cartd cartd, Database database, CartdServer server, Path volume) {
        return new MetricsText() {
            private @Nullable Exposition exposition;

            @Override
            public synchronized Page read(String accept) {
                Exposition made = exposition;
                if (made == null) {
                    made = new Exposition(Metrics.this, cartd, database, server, volume);
                    exposition = made;
                }
                return made.read(accept);
            }
        };
    }
}
