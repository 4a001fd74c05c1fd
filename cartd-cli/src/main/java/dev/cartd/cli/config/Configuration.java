package dev.cartd.cli.config;

import dev.cartd.space.SpacePolicy;
import dev.cartd.space.SpaceSettings;
import dev.cartd.store.DatabaseConfig;
import dev.cartd.store.EngineConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * All settings, checked.
 *
 * @param carts those of section cartd
 * @param space those of section cartd that tell how much room carts may take
 * @param archive those of section archiveinterface
 * @param database those of section database
 * @param engine those of section engine
 * @param origin the file that they are from, or that there is none
 * @param remarks keys that cartd does not know, one line each
 * @param ignored keys of Pacifica Cartd that mean nothing to cartd, one line each
 */
public record Configuration(
        Carts carts,
        SpaceSettings space,
        ArchiveAccess archive,
        DatabaseConfig database,
        EngineConfig engine,
        String origin,
        List<String> remarks,
        List<String> ignored) {

    /** More than this for each pull gains nothing and would cost the heap. */
    static final long MAX_BUFFER = 16L << 20;

    public static final long MIN_BUFFER = 4L << 10;

    /**
     * Where carts are, and how much of what a client may ask for.
     *
     * @param volume the directory that they are staged in, absolute
     * @param bundle whether a cart's tar is made on disk where the client does not say
     * @param buffer the bytes to move at a time
     * @param share whether what another cart has is not pulled again
     * @param maxRequestSize the longest body in bytes
     * @param maxFiles the most files of one cart
     * @param maxDownloads the most downloads at once
     * @param keepDeleted for how long deleted carts are remembered
     * @param idleTimeout after how long a reader that takes nothing is cut
     * @param keepMax for how long a client may have its cart kept
     */
    public record Carts(
            Path volume,
            boolean bundle,
            int buffer,
            boolean share,
            long maxRequestSize,
            int maxFiles,
            int maxDownloads,
            Duration keepDeleted,
            Duration idleTimeout,
            Duration keepMax) {}

    /**
     * Where the archive is, and how it is to be treated.
     *
     * @param url its base, ending in a slash
     * @param maxRequests the most requests at once
     * @param timeout how long a request may go without a byte
     * @param patience how long an archive is waited for that cannot be reached
     * @param tapePatience how long a file is waited for that is on tape
     * @param retries how often one file may be refused, or come back wrong
     */
    public record ArchiveAccess(
            URI url, int maxRequests, Duration timeout, Duration patience, Duration tapePatience, int retries) {}

    /**
     * Reads and checks every key there is, those too that have no effect yet.
     *
     * @param archiveCheck throws an {@link IllegalArgumentException} if no archive can be at a URL
     * @throws FailedException for the first value that cannot be right
     */
    public static Configuration of(ConfigSources from, Consumer<URI> archiveCheck) {
        Key.ALL.forEach(from::get);
        checkWaters(from.get(Key.HIGH_WATER), from.get(Key.LOW_WATER));
        return new Configuration(
                carts(from),
                space(from),
                archive(from, archiveCheck),
                database(from),
                engine(from),
                from.file().origin(),
                from.remarks(),
                from.ignored());
    }

    private static Carts carts(ConfigSources from) {
        return new Carts(
                from.get(Key.VOLUME_PATH),
                from.get(Key.BUNDLE_TASK),
                (int) Math.max(MIN_BUFFER, Math.min(MAX_BUFFER, from.get(Key.TRANSFER_SIZE))),
                from.get(Key.SHARE_FILES),
                from.get(Key.MAX_REQUEST_SIZE),
                from.get(Key.MAX_FILES),
                from.get(Key.MAX_DOWNLOADS),
                from.get(Key.KEEP_DELETED),
                from.get(Key.IDLE_TIMEOUT),
                from.get(Key.KEEP_MAX));
    }

    private static SpaceSettings space(ConfigSources from) {
        Optional<Integer> high = from.get(Key.HIGH_WATER);
        return new SpaceSettings(
                from.get(Key.VOLUME_SIZE),
                from.get(Key.KEEP_FREE),
                from.get(Key.LRU_PURGE),
                from.get(Key.LRU_BUFFER_TIME),
                high,
                from.get(Key.LOW_WATER).or(() -> high),
                from.get(Key.SPACE_WAIT),
                SpacePolicy.LRU);
    }

    private static ArchiveAccess archive(ConfigSources from, Consumer<URI> archiveCheck) {
        return new ArchiveAccess(
                from.get(Key.ARCHIVE_URL, archiveCheck),
                from.get(Key.MAX_REQUESTS),
                from.get(Key.TIMEOUT),
                from.get(Key.PATIENCE),
                from.get(Key.TAPE_PATIENCE),
                from.get(Key.RETRIES));
    }

    /** The store knows best which databases it can work with. */
    private static DatabaseConfig database(ConfigSources from) {
        try {
            return DatabaseConfig.of(from.get(Key.DATABASE_URL))
                    .withDebugLogging(from.get(Key.DEBUG_LOGGING))
                    .withConnectAttempts(from.get(Key.CONNECT_ATTEMPTS))
                    .withConnectWait(from.get(Key.CONNECT_WAIT))
                    .withBusyTimeout(from.get(Key.BUSY_TIMEOUT));
        } catch (IllegalArgumentException e) {
            throw new FailedException(Key.DATABASE_URL.title() + " cannot be", e);
        }
    }

    private static EngineConfig engine(ConfigSources from) {
        return new EngineConfig(from.get(Key.PARALLEL_CARTS), from.get(Key.HEARTBEAT));
    }

    private static void checkWaters(Optional<Integer> high, Optional<Integer> low) {
        if (low.isPresent() && (high.isEmpty() || low.get() >= high.get())) {
            throw new FailedException(Key.LOW_WATER.title() + " = " + low.get() + " cannot be: allowed is less than "
                    + Key.HIGH_WATER.title() + ", which is "
                    + high.map(String::valueOf).orElse("none"));
        }
    }
}
