package dev.cartd.cli;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A key of the configuration file. The constants are all that there are.
 *
 * @param section the section that it stands in
 * @param name the key, in lower case
 * @param environment the environment variable that stands in for it, or empty if none does
 * @param fallback the value, in the form of the file, where neither says anything
 * @param form what its values look like
 */
record Key<T>(String section, String name, String environment, String fallback, Form<T> form) {
    static final Key<Path> VOLUME_PATH = of("cartd", "volume_path", "VOLUME_PATH", "/tmp/", Form.path());
    static final Key<Duration> LRU_BUFFER_TIME =
            of("cartd", "lru_buffer_time", "LRU_BUFFER_TIME", "0", Form.duration(Duration.ZERO));
    static final Key<Boolean> LRU_PURGE = of("cartd", "lru_purge", "LRU_PURGE", "on", Form.yesOrNo());
    static final Key<Boolean> BUNDLE_TASK = of("cartd", "bundle_task", "BUNDLE_TASK", "off", Form.yesOrNo());
    static final Key<Long> TRANSFER_SIZE =
            of("cartd", "transfer_size", "TRANSFER_SIZE", "4 Mb", Form.size(1, 1L << 30));
    static final Key<Long> MAX_REQUEST_SIZE =
            of("cartd", "max_request_size", "", "256 MB", Form.size(1, Integer.MAX_VALUE));
    static final Key<Integer> MAX_FILES = of("cartd", "max_files", "", "1000000", Form.count(1, 100_000_000));
    static final Key<Integer> MAX_DOWNLOADS = of("cartd", "max_downloads", "", "1000", Form.count(1, 1_000_000));
    static final Key<Duration> IDLE_TIMEOUT =
            of("cartd", "idle_timeout", "", "60 s", Form.duration(Duration.ofSeconds(1)));
    static final Key<Optional<Long>> VOLUME_SIZE =
            of("cartd", "volume_size", "", "none", Form.orNone(Form.size(0, Long.MAX_VALUE)));
    static final Key<Long> KEEP_FREE = of("cartd", "keep_free", "", "0", Form.size(0, Long.MAX_VALUE));
    static final Key<Optional<Integer>> HIGH_WATER = of("cartd", "high_water", "", "none", Form.orNone(Form.percent()));
    static final Key<Optional<Integer>> LOW_WATER = of("cartd", "low_water", "", "none", Form.orNone(Form.percent()));
    static final Key<Duration> SPACE_WAIT = of("cartd", "space_wait", "", "1 hour", Form.duration(Duration.ZERO));
    static final Key<Boolean> SHARE_FILES = of("cartd", "share_files", "", "on", Form.yesOrNo());
    static final Key<Duration> KEEP_MAX = of("cartd", "keep_max", "", "0", Form.duration(Duration.ZERO));
    static final Key<Duration> KEEP_DELETED = of("cartd", "keep_deleted", "", "30 days", Form.duration(Duration.ZERO));

    static final Key<URI> ARCHIVE_URL =
            of("archiveinterface", "url", "ARCHIVE_INTERFACE_URL", "http://127.0.0.1:8080/", Form.archive());
    static final Key<Integer> MAX_REQUESTS = of("archiveinterface", "max_requests", "", "8", Form.count(1, 1_000));
    static final Key<Duration> TIMEOUT =
            of("archiveinterface", "timeout", "", "60 s", Form.duration(Duration.ofMillis(100)));
    static final Key<Duration> PATIENCE =
            of("archiveinterface", "patience", "", "30 minutes", Form.duration(Duration.ZERO));
    static final Key<Duration> TAPE_PATIENCE =
            of("archiveinterface", "tape_patience", "", "2 days", Form.duration(Duration.ZERO));
    static final Key<Integer> RETRIES = of("archiveinterface", "retries", "", "5", Form.count(1, 1_000));

    static final Key<String> DATABASE_URL =
            of("database", "peewee_url", "PEEWEE_URL", "sqliteext:///db.sqlite3", Form.text());
    static final Key<Boolean> DEBUG_LOGGING =
            of("database", "debug_logging", "DATABASE_DEBUG_LOGGING", "False", Form.yesOrNo());
    static final Key<Integer> CONNECT_ATTEMPTS =
            of("database", "connect_attempts", "DATABASE_CONNECT_ATTEMPTS", "10", Form.count(1, 1_000_000));
    static final Key<Duration> CONNECT_WAIT =
            of("database", "connect_wait", "DATABASE_CONNECT_WAIT", "20", Form.duration(Duration.ZERO));
    static final Key<Duration> BUSY_TIMEOUT =
            of("database", "busy_timeout", "", "60 s", Form.duration(Duration.ofMillis(100), Duration.ofDays(1)));

    static final Key<Duration> HEARTBEAT = of("engine", "heartbeat", "", "3 s", Form.duration(Duration.ofMillis(100)));
    static final Key<Integer> PARALLEL_CARTS = of("engine", "parallel_carts", "", "64", Form.count(1, 10_000));

    static final Key<String> BROKER_URL = of("celery", "broker_url", "BROKER_URL", "", Form.text());
    static final Key<String> BACKEND_URL = of("celery", "backend_url", "BACKEND_URL", "", Form.text());

    /** Those of the original that mean nothing here. */
    static final List<Key<String>> IGNORED = List.of(BROKER_URL, BACKEND_URL);

    /** Every key there is. */
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
            ARCHIVE_URL,
            MAX_REQUESTS,
            TIMEOUT,
            PATIENCE,
            TAPE_PATIENCE,
            RETRIES,
            DATABASE_URL,
            DEBUG_LOGGING,
            CONNECT_ATTEMPTS,
            CONNECT_WAIT,
            BUSY_TIMEOUT,
            HEARTBEAT,
            PARALLEL_CARTS,
            BROKER_URL,
            BACKEND_URL);

    private static <T> Key<T> of(String section, String name, String environment, String fallback, Form<T> form) {
        return new Key<>(section, name, environment, fallback, form);
    }

    /** Section and key as messages name them. */
    String title() {
        return "[" + section + "] " + name;
    }
}
