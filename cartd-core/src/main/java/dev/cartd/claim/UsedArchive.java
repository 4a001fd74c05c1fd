package dev.cartd.claim;

import dev.cartd.cart.Outage;
import dev.cartd.limit.RequestLimit;
import dev.cartd.spi.Archive;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * An archive as the steps of a worker use it, with its own limit, patience and outage. Safe for use by many threads.
 */
public final class UsedArchive {
    /**
     * The most steps at once that find out whether an archive is back. The steps of all other carts that need it end at
     * once, so that thousands of them keep no threads from the carts of other archives.
     */
    private static final int MOST_TRIALS = 4;

    private final String name;
    private final Archive archive;
    private final RequestLimit limit;
    private final StageSettings settings;
    private final Supplier<Optional<Outage.Away>> outage;
    /** The steps that find out now whether the archive is back. */
    private final AtomicInteger trials = new AtomicInteger();

    /**
     * @param name its name; empty for the default archive
     * @param archive answers for the ids of files as carts have them
     * @param settings the retries, the patience and the tape patience are those of this archive
     * @param outage the outage of the archive, as far as it is known; never waits
     */
    public UsedArchive(
            String name,
            Archive archive,
            RequestLimit limit,
            StageSettings settings,
            Supplier<Optional<Outage.Away>> outage) {
        this.name = name;
        this.archive = archive;
        this.limit = limit;
        this.settings = settings;
        this.outage = outage;
    }

    /** Its name; empty for the default archive. */
    public String name() {
        return name;
    }

    /** The archive, for the ids of files as carts have them. */
    public Archive archive() {
        return archive;
    }

    /** How many requests this archive gets at once. */
    public RequestLimit limit() {
        return limit;
    }

    /** The settings, of which the retries, the patience and the tape patience are those of this archive. */
    public StageSettings settings() {
        return settings;
    }

    /** The outage of the archive, as far as it is known. Never waits. */
    public Optional<Outage.Away> outage() {
        return outage.get();
    }

    /** The reason of a failure, with the archive's name if it has one. */
    public String says(String why) {
        return says(name, why);
    }

    /** The reason of a failure of the archive of this name. */
    public static String says(String name, String why) {
        return name.isEmpty() ? why : name + ": " + why;
    }

    /**
     * Whether a step may use the archive although it is away, to find out whether it is back. Followed by {@link
     * #endTrial} if true.
     */
    boolean beginTrial() {
        int before = trials.getAndUpdate(running -> Math.min(MOST_TRIALS, running + 1));
        return before < MOST_TRIALS;
    }

    void endTrial() {
        trials.decrementAndGet();
    }
}
