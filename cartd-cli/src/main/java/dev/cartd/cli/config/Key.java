package dev.cartd.cli.config;

import dev.cartd.system.Network;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A key of the configuration file. {@link #ALL} has every key.
 *
 * @param section its section
 * @param name its name, in lower case
 * @param environment the environment variable that has the value if the file does not; empty for none
 * @param fallback the default value, in the format of the file
 * @param format the format of its values
 */
public record Key<T>(String section, String name, String environment, String fallback, ValueFormat<T> format) {
    public static final Key<Path> VOLUME_PATH = of("cartd", "volume_path", "VOLUME_PATH", "/tmp/", ValueFormat.path());
    static final Key<Duration> LRU_BUFFER_TIME =
            of("cartd", "lru_buffer_time", "LRU_BUFFER_TIME", "0", ValueFormat.duration(Duration.ZERO));
    static final Key<Boolean> LRU_PURGE = of("cartd", "lru_purge", "LRU_PURGE", "on", ValueFormat.yesOrNo());
    static final Key<Boolean> BUNDLE_TASK = of("cartd", "bundle_task", "BUNDLE_TASK", "off", ValueFormat.yesOrNo());
    static final Key<Long> TRANSFER_SIZE =
            of("cartd", "transfer_size", "TRANSFER_SIZE", "4 Mb", ValueFormat.size(1, 1L << 30));
    static final Key<Long> MAX_REQUEST_SIZE =
            of("cartd", "max_request_size", "", "256 MB", ValueFormat.size(1, Integer.MAX_VALUE));
    public static final Key<Integer> MAX_FILES =
            of("cartd", "max_files", "", "1000000", ValueFormat.count(1, 100_000_000));
    static final Key<Integer> MAX_DOWNLOADS = of("cartd", "max_downloads", "", "1000", ValueFormat.count(1, 1_000_000));
    static final Key<Duration> IDLE_TIMEOUT =
            of("cartd", "idle_timeout", "", "60 s", ValueFormat.duration(Duration.ofSeconds(1)));
    static final Key<Optional<Long>> VOLUME_SIZE =
            of("cartd", "volume_size", "", "none", ValueFormat.orNone(ValueFormat.size(0, Long.MAX_VALUE)));
    static final Key<Long> KEEP_FREE = of("cartd", "keep_free", "", "0", ValueFormat.size(0, Long.MAX_VALUE));
    static final Key<Optional<Integer>> HIGH_WATER =
            of("cartd", "high_water", "", "none", ValueFormat.orNone(ValueFormat.percent()));
    static final Key<Optional<Integer>> LOW_WATER =
            of("cartd", "low_water", "", "none", ValueFormat.orNone(ValueFormat.percent()));
    static final Key<Duration> SPACE_WAIT =
            of("cartd", "space_wait", "", "1 hour", ValueFormat.duration(Duration.ZERO));
    static final Key<Boolean> SHARE_FILES = of("cartd", "share_files", "", "on", ValueFormat.yesOrNo());
    static final Key<Duration> KEEP_MAX = of("cartd", "keep_max", "", "0", ValueFormat.duration(Duration.ZERO));
    static final Key<Duration> KEEP_DELETED =
            of("cartd", "keep_deleted", "", "30 days", ValueFormat.duration(Duration.ZERO));
    static final Key<String> CONTACT = of("cartd", "contact", "", "", ValueFormat.text());

    public static final Key<URI> ARCHIVE_URL =
            of("archiveinterface", "url", "ARCHIVE_INTERFACE_URL", "http://127.0.0.1:8080/", ValueFormat.archive());
    static final Key<Integer> MAX_REQUESTS =
            of("archiveinterface", "max_requests", "", "8", ValueFormat.count(1, 1_000));
    static final Key<Duration> TIMEOUT =
            of("archiveinterface", "timeout", "", "60 s", ValueFormat.duration(Duration.ofMillis(100)));
    static final Key<Duration> PATIENCE =
            of("archiveinterface", "patience", "", "30 minutes", ValueFormat.duration(Duration.ZERO));
    static final Key<Duration> TAPE_PATIENCE =
            of("archiveinterface", "tape_patience", "", "2 days", ValueFormat.duration(Duration.ZERO));
    static final Key<Integer> RETRIES = of("archiveinterface", "retries", "", "5", ValueFormat.count(1, 1_000));
    static final Key<Integer> COMMAND_BATCH =
            of("archiveinterface", "command_batch", "", "1000", ValueFormat.count(1, 10_000));
    static final Key<Optional<URI>> S3_ENDPOINT =
            of("archiveinterface", "s3_endpoint", "", "none", ValueFormat.orNone(ValueFormat.webServer()));
    static final Key<String> S3_REGION =
            of("archiveinterface", "s3_region", "AWS_REGION", "us-east-1", ValueFormat.word());
    static final Key<Boolean> S3_PATH_STYLE = of("archiveinterface", "s3_path_style", "", "off", ValueFormat.yesOrNo());
    static final Key<Optional<Integer>> RESTORE_DAYS = of(
            "archiveinterface",
            "restore_days",
            "",
            "none",
            ValueFormat.orNone(ValueFormat.count(1, Configuration.MAX_DAYS)));
    static final Key<String> RESTORE_TIER = of("archiveinterface", "restore_tier", "", "Standard", ValueFormat.word());
    static final Key<Optional<Path>> CREDENTIALS_FILE =
            of("archiveinterface", "credentials_file", "", "none", ValueFormat.orNone(ValueFormat.path()));

    static final Key<Optional<URI>> TAPE_ENDPOINT =
            of("archiveinterface", "tape_endpoint", "", "none", ValueFormat.orNone(ValueFormat.webServer()));
    static final Key<Integer> TAPE_BATCH = of("archiveinterface", "tape_batch", "", "500", ValueFormat.count(1, 1_000));
    static final Key<Optional<Path>> TOKEN_FILE =
            of("archiveinterface", "token_file", "", "none", ValueFormat.orNone(ValueFormat.path()));
    static final Key<Set<String>> TRUSTED_HOSTS = of("archiveinterface", "trusted_hosts", "", "", ValueFormat.hosts());

    public static final Key<String> DATABASE_URL =
            of("database", "peewee_url", "PEEWEE_URL", "sqliteext:///db.sqlite3", ValueFormat.text());
    static final Key<Boolean> DEBUG_LOGGING =
            of("database", "debug_logging", "DATABASE_DEBUG_LOGGING", "False", ValueFormat.yesOrNo());
    static final Key<Integer> CONNECT_ATTEMPTS =
            of("database", "connect_attempts", "DATABASE_CONNECT_ATTEMPTS", "10", ValueFormat.count(1, 1_000_000));
    static final Key<Duration> CONNECT_WAIT =
            of("database", "connect_wait", "DATABASE_CONNECT_WAIT", "20", ValueFormat.duration(Duration.ZERO));
    static final Key<Duration> BUSY_TIMEOUT = of(
            "database", "busy_timeout", "", "60 s", ValueFormat.duration(Duration.ofMillis(100), Duration.ofDays(1)));

    static final Key<Duration> HEARTBEAT =
            of("engine", "heartbeat", "", "3 s", ValueFormat.duration(Duration.ofMillis(100)));
    static final Key<Integer> PARALLEL_CARTS = of("engine", "parallel_carts", "", "64", ValueFormat.count(1, 10_000));

    static final Key<Boolean> LOG_JSON = of("log", "json", "", "off", ValueFormat.yesOrNo());
    static final Key<Optional<Path>> ACCESS_FILE =
            of("log", "access_file", "", "none", ValueFormat.orNone(ValueFormat.path()));
    static final Key<Optional<Path>> AUDIT_FILE =
            of("log", "audit_file", "", "none", ValueFormat.orNone(ValueFormat.path()));

    public static final Key<Optional<Path>> CLIENT_TOKENS =
            of("access", "client_tokens", "", "none", ValueFormat.orNone(ValueFormat.path()));
    public static final Key<Optional<Path>> ADMIN_TOKENS =
            of("access", "admin_tokens", "", "none", ValueFormat.orNone(ValueFormat.path()));
    static final Key<String> CART_ACCESS =
            of("access", "cart_access", "", "uid", ValueFormat.oneOf("uid", Configuration.OWNER));
    static final Key<Optional<Path>> TLS_CERTIFICATE =
            of("access", "tls_certificate", "", "none", ValueFormat.orNone(ValueFormat.path()));
    static final Key<Optional<Path>> TLS_KEY =
            of("access", "tls_key", "", "none", ValueFormat.orNone(ValueFormat.path()));
    static final Key<Boolean> LOCAL_ADMIN = of("access", "local_admin", "", "off", ValueFormat.yesOrNo());
    static final Key<Duration> LINK_MAX =
            of("access", "link_max", "", "30 days", ValueFormat.duration(Duration.ofSeconds(1)));
    static final Key<Optional<List<Network>>> TRUSTED_PROXIES =
            of("access", "trusted_proxies", "", "", ValueFormat.proxies());

    public static final Key<Optional<URI>> NOTIFY_URL =
            of("notify", "url", "", "none", ValueFormat.orNone(ValueFormat.webUrl()));
    public static final Key<Set<String>> NOTIFY_HOSTS = of("notify", "allow_hosts", "", "", ValueFormat.hosts());
    public static final Key<List<Network>> NOTIFY_NETWORKS =
            of("notify", "allow_networks", "", "", ValueFormat.networks());
    public static final Key<Optional<Path>> NOTIFY_SECRET =
            of("notify", "secret_file", "", "none", ValueFormat.orNone(ValueFormat.path()));
    public static final Key<Optional<Path>> NOTIFY_COMMAND =
            of("notify", "command", "", "none", ValueFormat.orNone(ValueFormat.path()));

    static final Key<String> BROKER_URL = of("celery", "broker_url", "BROKER_URL", "", ValueFormat.text());
    static final Key<String> BACKEND_URL = of("celery", "backend_url", "BACKEND_URL", "", ValueFormat.text());

    /** The keys of Pacifica Cartd that have no effect in cartd. */
    static final List<Key<String>> IGNORED = List.of(BROKER_URL, BACKEND_URL);

    /** Every key. */
    static final List<Key<?>> ALL = List.of(
            VOLUME_PATH,
            LRU_BUFFER_TIME,
            LRU_PURGE,
            BUNDLE_TASK,
            TRANSFER_SIZE,
            MAX_REQUEST_SIZE,
            MAX_FILES,
            MAX_DOWNLOADS,
            IDLE_TIMEOUT,
            VOLUME_SIZE,
            KEEP_FREE,
            HIGH_WATER,
            LOW_WATER,
            SPACE_WAIT,
            SHARE_FILES,
            KEEP_MAX,
            KEEP_DELETED,
            CONTACT,
            ARCHIVE_URL,
            MAX_REQUESTS,
            TIMEOUT,
            PATIENCE,
            TAPE_PATIENCE,
            RETRIES,
            COMMAND_BATCH,
            S3_ENDPOINT,
            S3_REGION,
            S3_PATH_STYLE,
            RESTORE_DAYS,
            RESTORE_TIER,
            CREDENTIALS_FILE,
            TAPE_ENDPOINT,
            TAPE_BATCH,
            TOKEN_FILE,
            TRUSTED_HOSTS,
            DATABASE_URL,
            DEBUG_LOGGING,
            CONNECT_ATTEMPTS,
            CONNECT_WAIT,
            BUSY_TIMEOUT,
            HEARTBEAT,
            PARALLEL_CARTS,
            LOG_JSON,
            ACCESS_FILE,
            AUDIT_FILE,
            CLIENT_TOKENS,
            ADMIN_TOKENS,
            CART_ACCESS,
            LINK_MAX,
            TLS_CERTIFICATE,
            TLS_KEY,
            TRUSTED_PROXIES,
            LOCAL_ADMIN,
            NOTIFY_URL,
            NOTIFY_HOSTS,
            NOTIFY_NETWORKS,
            NOTIFY_SECRET,
            NOTIFY_COMMAND,
            BROKER_URL,
            BACKEND_URL);

    private static <T> Key<T> of(
            String section, String name, String environment, String fallback, ValueFormat<T> format) {
        return new Key<>(section, name, environment, fallback, format);
    }

    /** This key in another section, where no environment variable has its value. */
    Key<T> in(String other) {
        return other.equals(section) ? this : new Key<>(other, name, "", fallback, format);
    }

    /** The section and the name, as messages show them. */
    public String title() {
        return "[" + section + "] " + name;
    }
}
