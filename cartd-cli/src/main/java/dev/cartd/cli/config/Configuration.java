package dev.cartd.cli.config;

import dev.cartd.server.ServerConfig;
import dev.cartd.space.SpacePolicy;
import dev.cartd.space.SpaceSettings;
import dev.cartd.spi.Notice;
import dev.cartd.store.DatabaseConfig;
import dev.cartd.store.EngineConfig;
import dev.cartd.system.Network;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All settings, checked.
 *
 * @param carts the settings of section cartd, except for {@code space}
 * @param space the settings of section cartd about the room on the volume and eviction
 * @param archive the settings of section archiveinterface
 * @param archives the settings of each section {@code archive NAME}, by name
 * @param database the settings of section database
 * @param engine the settings of section engine
 * @param log the settings of section log
 * @param access the settings of section access
 * @param notices the settings of section notify
 * @param origin the file that the settings are from, or that there is none
 * @param remarks a line for each key that cartd does not know
 * @param ignored a line for each key of Pacifica Cartd that has no effect in cartd
 */
public record Configuration(
        Carts carts,
        SpaceSettings space,
        ArchiveAccess archive,
        Map<String, ArchiveAccess> archives,
        DatabaseConfig database,
        EngineConfig engine,
        Log log,
        Access access,
        Notify notices,
        String origin,
        List<String> remarks,
        List<String> ignored) {

    /** The largest buffer of a pull: a larger one is no faster and takes more of the heap. */
    static final long MAX_BUFFER = 16L << 20;

    /** The most days for which a file that was brought from tape stays on disk. */
    static final int MAX_DAYS = 36_500;

    /** The value of {@link Key#CART_ACCESS} with which a cart is only for its owner. */
    static final String OWNER = "owner";

    /** The smallest buffer of a pull. */
    public static final long MIN_BUFFER = 4L << 10;

    /**
     * The settings of carts, requests and downloads.
     *
     * @param volume the directory of the carts, absolute
     * @param bundle whether a cart's tar is made on disk if the client does not say
     * @param buffer the size of the buffer of a pull in bytes
     * @param share whether carts share files that they have in common
     * @param maxRequestSize the longest body in bytes
     * @param maxFiles the most files of one cart
     * @param maxDownloads the most downloads at once
     * @param keepDeleted how long the rows of deleted carts are kept
     * @param idleTimeout after how long a connection on which nothing moves is cut
     * @param keepMax the longest time for which a client may have its cart kept
     * @param contact whom pages tell people to ask; empty for nobody in particular
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
            Duration keepMax,
            String contact) {}

    /**
     * The settings of an archive.
     *
     * @param url its URL, with a slash at its end
     * @param maxRequests the most requests at once
     * @param timeout how long a request waits for the next byte
     * @param patience how long a cart waits for an archive that cannot be reached
     * @param tapePatience how long a cart waits for a file on tape
     * @param retries how many requests for one file may be refused or answered wrongly until its cart fails
     * @param commandBatch the most files that one run of an archive's program is for
     * @param s3 the settings of an object store
     * @param tape the settings of an archive with the Tape REST API
     */
    public record ArchiveAccess(
            URI url,
            int maxRequests,
            Duration timeout,
            Duration patience,
            Duration tapePatience,
            int retries,
            int commandBatch,
            S3Access s3,
            TapeAccess tape) {
        /** The URL without user and password, for people. */
        public String place() {
            return url.toString().replaceFirst("//[^/@]*@", "//");
        }
    }

    /**
     * The settings of the log.
     *
     * @param json whether each line of the log is a JSON object
     * @param accessFile the file that gets a line for each request
     * @param auditFile the file that gets a line for each cart that is deleted, evicted or repaired
     */
    public record Log(boolean json, Optional<Path> accessFile, Optional<Path> auditFile) {}

    /**
     * The settings of who is let in.
     *
     * @param clientTokens the file with the tokens of clients; empty if clients need none
     * @param adminTokens the file with the tokens of admins; empty if there are none
     * @param ownersOnly whether a cart is only for its owner, for admins and for who has a link
     * @param linkMax the longest time for which a client can make a link
     * @param tls the files for TLS; empty for plain HTTP
     * @param trustedProxies the addresses of the proxies that are believed; empty if they are not known
     * @param localAdmin whether requests of the server's own machine are an admin's, without any tokens
     */
    public record Access(
            Optional<Path> clientTokens,
            Optional<Path> adminTokens,
            boolean ownersOnly,
            Duration linkMax,
            Optional<ServerConfig.TlsFiles> tls,
            Optional<List<Network>> trustedProxies,
            boolean localAdmin) {}

    /**
     * The settings of notices.
     *
     * @param url the URL that is told of all carts
     * @param allowHosts the hosts whose URLs clients may have told, in lower case, each with its port unless that is 443
     * @param allowNetworks the addresses that are not public and may be told all the same
     * @param secretFile the file with the key that signs notices
     * @param command the program that is run for each notice
     */
    public record Notify(
            Optional<URI> url,
            Set<String> allowHosts,
            List<Network> allowNetworks,
            Optional<Path> secretFile,
            Optional<Path> command) {
        /** Whether anybody may be told of anything. */
        public boolean isOn() {
            return url.isPresent() || !allowHosts.isEmpty() || command.isPresent();
        }

        /** Who is told of all carts. */
        Set<String> receivers() {
            return Stream.concat(url.map(any -> Notice.URL).stream(), command.map(any -> Notice.COMMAND).stream())
                    .collect(Collectors.toUnmodifiableSet());
        }
    }

    /**
     * The settings of an object store that speaks S3.
     *
     * @param endpoint its URL; empty for Amazon's in this region
     * @param region the region that requests are signed for
     * @param pathStyle whether the bucket is in the path of a URL rather than in the name of the host
     * @param restoreDays for how many days a file stays on disk that was brought from tape
     * @param restoreTier how fast a file is brought from tape
     * @param credentialsFile a file with the keys; empty to look for them where other programs do
     */
    public record S3Access(
            Optional<URI> endpoint,
            String region,
            boolean pathStyle,
            int restoreDays,
            String restoreTier,
            Optional<Path> credentialsFile) {}

    /**
     * The settings of an archive with the Tape REST API.
     *
     * @param endpoint the URL of the API; empty to ask the server
     * @param batch the most files in one request
     * @param diskDays for how many days a file stays on disk that was brought from tape
     * @param tokenFile a file with the token; empty for none
     * @param trustedHosts other hosts that get the token and may have the files
     */
    public record TapeAccess(
            Optional<URI> endpoint, int batch, int diskDays, Optional<Path> tokenFile, Set<String> trustedHosts) {}

    /**
     * Reads and checks every key, those without an effect too.
     *
     * @param archiveCheck throws an {@link IllegalArgumentException} if no archive can have a URL
     * @throws FailedException for the first invalid value
     */
    public static Configuration of(ConfigSources from, Consumer<URI> archiveCheck) {
        Key.ALL.forEach(from::get);
        checkWaters(from.get(Key.HIGH_WATER), from.get(Key.LOW_WATER));
        return new Configuration(
                carts(from),
                space(from),
                archive(from, Key.ARCHIVE_URL.section(), archiveCheck),
                archives(from, archiveCheck),
                database(from),
                engine(from),
                new Log(from.get(Key.LOG_JSON), from.get(Key.ACCESS_FILE), from.get(Key.AUDIT_FILE)),
                access(from),
                notify(from),
                from.file().origin(),
                from.remarks(),
                from.ignored());
    }

    /** The settings of all archives by name; that of the default one is empty, and it comes first. */
    public Map<String, ArchiveAccess> allArchives() {
        Map<String, ArchiveAccess> all = new LinkedHashMap<>();
        all.put("", archive);
        all.putAll(archives);
        return all;
    }

    /** The name of the archive that has the file of this id; empty for the default one. */
    public String archiveOf(String id) {
        String name = id.substring(0, Math.max(0, id.indexOf(':')));
        return archives.containsKey(name) ? name : "";
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
                from.get(Key.KEEP_MAX),
                from.get(Key.CONTACT));
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

    private static Map<String, ArchiveAccess> archives(ConfigSources from, Consumer<URI> archiveCheck) {
        Map<String, ArchiveAccess> archives = new LinkedHashMap<>();
        for (String name : from.archives()) {
            String section = ConfigSources.section(name);
            if (from.file().value(section, Key.ARCHIVE_URL.name()).isEmpty()) {
                throw new FailedException(
                        Key.ARCHIVE_URL.in(section).title() + " is missing: it says where the archive is");
            }
            archives.put(name, archive(from, section, archiveCheck));
        }
        return Collections.unmodifiableMap(archives);
    }

    private static ArchiveAccess archive(ConfigSources from, String section, Consumer<URI> archiveCheck) {
        return new ArchiveAccess(
                from.get(Key.ARCHIVE_URL.in(section), archiveCheck),
                from.get(Key.MAX_REQUESTS.in(section)),
                from.get(Key.TIMEOUT.in(section)),
                from.get(Key.PATIENCE.in(section)),
                from.get(Key.TAPE_PATIENCE.in(section)),
                from.get(Key.RETRIES.in(section)),
                from.get(Key.COMMAND_BATCH.in(section)),
                s3(from, section),
                new TapeAccess(
                        from.get(Key.TAPE_ENDPOINT.in(section)),
                        from.get(Key.TAPE_BATCH.in(section)),
                        diskDays(from, section),
                        from.get(Key.TOKEN_FILE.in(section)),
                        from.get(Key.TRUSTED_HOSTS.in(section))));
    }

    /** A file that was brought from tape stays on disk for as long as its cart may wait, if nothing else is set. */
    private static int diskDays(ConfigSources from, String section) {
        long waits = Math.max(
                1, Math.min(MAX_DAYS, from.get(Key.TAPE_PATIENCE.in(section)).toDays()));
        return from.get(Key.RESTORE_DAYS.in(section)).orElse((int) waits);
    }

    private static S3Access s3(ConfigSources from, String section) {
        return new S3Access(
                from.get(Key.S3_ENDPOINT.in(section)),
                from.get(Key.S3_REGION.in(section)),
                from.get(Key.S3_PATH_STYLE.in(section)),
                diskDays(from, section),
                from.get(Key.RESTORE_TIER.in(section)),
                from.get(Key.CREDENTIALS_FILE.in(section)));
    }

    /** The store checks the URL: it knows which databases it can work with. */
    private static DatabaseConfig database(ConfigSources from) {
        try {
            return DatabaseConfig.of(from.get(Key.DATABASE_URL))
                    .withDebugLogging(from.get(Key.DEBUG_LOGGING))
                    .withConnectAttempts(from.get(Key.CONNECT_ATTEMPTS))
                    .withConnectWait(from.get(Key.CONNECT_WAIT))
                    .withBusyTimeout(from.get(Key.BUSY_TIMEOUT))
                    .withReceivers(notify(from).receivers());
        } catch (IllegalArgumentException e) {
            throw new FailedException(Key.DATABASE_URL.title() + " cannot be", e);
        }
    }

    private static Access access(ConfigSources from) {
        Optional<Path> clients = from.get(Key.CLIENT_TOKENS);
        boolean ownersOnly = from.get(Key.CART_ACCESS).equals(OWNER);
        if (ownersOnly && clients.isEmpty()) {
            throw new FailedException(Key.CART_ACCESS.title() + " = " + OWNER + " cannot be without "
                    + Key.CLIENT_TOKENS.title() + ": clients are told apart by their tokens");
        }
        return new Access(
                clients,
                from.get(Key.ADMIN_TOKENS),
                ownersOnly,
                from.get(Key.LINK_MAX),
                tls(from),
                from.get(Key.TRUSTED_PROXIES),
                from.get(Key.LOCAL_ADMIN));
    }

    private static Notify notify(ConfigSources from) {
        Notify notify = new Notify(
                from.get(Key.NOTIFY_URL),
                from.get(Key.NOTIFY_HOSTS).stream()
                        .map(host -> host.toLowerCase(Locale.ROOT).replaceFirst(":443$", ""))
                        .collect(Collectors.toUnmodifiableSet()),
                from.get(Key.NOTIFY_NETWORKS),
                from.get(Key.NOTIFY_SECRET),
                from.get(Key.NOTIFY_COMMAND));
        boolean posts = notify.url().isPresent() || !notify.allowHosts().isEmpty();
        if (posts && notify.secretFile().isEmpty()) {
            throw new FailedException(Key.NOTIFY_SECRET.title() + " is missing: " + Key.NOTIFY_URL.title() + " and "
                    + Key.NOTIFY_HOSTS.title() + " need a key that signs notices");
        }
        return notify;
    }

    private static Optional<ServerConfig.TlsFiles> tls(ConfigSources from) {
        Optional<Path> certificate = from.get(Key.TLS_CERTIFICATE);
        Optional<Path> key = from.get(Key.TLS_KEY);
        if (certificate.isPresent() != key.isPresent()) {
            throw new FailedException(
                    Key.TLS_CERTIFICATE.title() + " and " + Key.TLS_KEY.title() + " belong together: one is missing");
        }
        return certificate.flatMap(file -> key.map(secret -> new ServerConfig.TlsFiles(file, secret)));
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
