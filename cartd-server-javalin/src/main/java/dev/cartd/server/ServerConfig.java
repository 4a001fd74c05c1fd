package dev.cartd.server;

import dev.cartd.server.connection.Tls;
import dev.cartd.system.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The settings of the server. Start with {@link #DEFAULT} and change single settings with the {@code with} methods,
 * each of which returns a changed copy. Immutable, and safe for use by many threads.
 */
public final class ServerConfig implements Cloneable {
    private static final int OTHER_CONNECTIONS = 1000;

    /** The defaults: listens on 127.0.0.1, port 8081. */
    public static final ServerConfig DEFAULT = new ServerConfig();

    // Written only by `with`, to a copy that no other thread has seen yet.
    private String address = "127.0.0.1";
    private int port = 8081;
    private int threads = 64;
    private long maxRequestSize = 256_000_000;
    private int maxFiles = 1_000_000;
    private int maxDownloads = 1000;
    private Duration idleTimeout = Duration.ofSeconds(60);
    private Duration stopTimeout = Duration.ofSeconds(30);
    private Duration keepMax = Duration.ZERO;
    private boolean bundleDefault;
    private String contact = "";
    private int maxListeners = 4000;
    private Duration eventPeriod = Duration.ofSeconds(1);
    private String version = "unreleased";
    private Optional<Path> accessLog = Optional.empty();
    private Optional<Path> clientTokens = Optional.empty();
    private Optional<Path> adminTokens = Optional.empty();
    private boolean ownersOnly;
    private boolean localAdmin;
    private Optional<TlsFiles> tls = Optional.empty();
    private Duration linkMax = Duration.ofDays(30);
    private Set<String> notifyHosts = Set.of();
    private Optional<List<Network>> trustedProxies = Optional.empty();
    private Duration sessionTime = Duration.ofHours(1);

    /**
     * The PEM files for TLS, which are read again when they change.
     *
     * @param certificate the server's certificate, and those that lead to the one that clients trust
     * @param key its key, in PKCS #8 and not encrypted
     */
    public record TlsFiles(Path certificate, Path key) {
        /**
         * From when until when clients take the certificate.
         *
         * @throws IOException if the files cannot be read, or do not fit each other; the message names the file
         */
        public Validity validity() throws IOException {
            Tls tls = new Tls(certificate, key);
            return new Validity(tls.validFrom(), tls.validUntil());
        }
    }

    /** From when until when clients take a certificate. */
    public record Validity(Instant from, Instant until) {}

    private ServerConfig() {}

    /** The address or host name to listen on; not blank. */
    public String address() {
        return address;
    }

    /** The port to listen on, 0 to 65,535; 0 stands for any free port. */
    public int port() {
        return port;
    }

    /**
     * The maximum number of threads for requests, at least 1. Downloads and bodies under way need no thread, so this is
     * only a hint: at least 40 threads are allowed.
     */
    public int threads() {
        return threads;
    }

    /** The maximum size of a request body in bytes, at least 1. */
    public long maxRequestSize() {
        return maxRequestSize;
    }

    /** The maximum number of files of one cart, at least 1. */
    public int maxFiles() {
        return maxFiles;
    }

    /** The maximum number of concurrent downloads, at least 1. */
    public int maxDownloads() {
        return maxDownloads;
    }

    /** How long a connection may neither receive nor send a byte; at least 1 ms. */
    public Duration idleTimeout() {
        return idleTimeout;
    }

    /**
     * How long running requests and downloads may continue when the server stops; not negative. The default of 30 s is
     * well below the 90 s after which systemd kills.
     */
    public Duration stopTimeout() {
        return stopTimeout;
    }

    /** The maximum time for which a client may ask to keep its cart; not negative, 0 if clients may not ask. */
    public Duration keepMax() {
        return keepMax;
    }

    /** Whom pages tell people to ask: a mail address, a URL or any text; empty for nobody in particular. */
    public String contact() {
        return contact;
    }

    /** The value of {@code bundle} for requests that do not contain it. */
    public boolean bundleDefault() {
        return bundleDefault;
    }

    /**
     * The maximum number of connections at once: each download and each listener has a place, and so do some others.
     */
    public int connections() {
        return maxDownloads + maxListeners + OTHER_CONNECTIONS;
    }

    /** The maximum number of clients that listen to events at once, at least 1. */
    int maxListeners() {
        return maxListeners;
    }

    /** How long the session of an admin in a browser lasts. */
    Duration sessionTime() {
        return sessionTime;
    }

    /** How often the carts are read that clients listen to. */
    Duration eventPeriod() {
        return eventPeriod;
    }

    /** The version of cartd that error documents contain. */
    public String version() {
        return version;
    }

    /** The access log, which gets one line for each request; empty for none. */
    public Optional<Path> accessLog() {
        return accessLog;
    }

    /**
     * The file with the tokens of clients; empty if clients need none. It has a line for each, as {@link NewToken#line}
     * makes it, and is read again when it changes. While it cannot be read no client is let in. A server with such a
     * file needs {@link CartdServer#owners}.
     */
    public Optional<Path> clientTokens() {
        return clientTokens;
    }

    /** The file with the tokens of admins, like {@link #clientTokens}; empty if there are no admins. */
    public Optional<Path> adminTokens() {
        return adminTokens;
    }

    /**
     * Whether the carts of a uid are only for who asked for them first, for admins, and for who has a link; otherwise
     * they are for every client that knows the uid. Has no effect without {@code clientTokens}.
     */
    public boolean ownersOnly() {
        return ownersOnly;
    }

    /** The files for TLS; empty for plain HTTP. */
    public Optional<TlsFiles> tls() {
        return tls;
    }

    /** The longest time for which a client can make a link, at least 1 s. */
    public Duration linkMax() {
        return linkMax;
    }

    /**
     * The hosts whose URLs clients may have told of their carts, in lower case, each with its port unless that is 443;
     * empty if clients may not. A server with such hosts needs {@link CartdServer#notices}.
     */
    public Set<String> notifyHosts() {
        return notifyHosts;
    }

    /**
     * Whether, without any tokens, whoever sends requests from the server's own machine is an admin. Off by default: a
     * proxy on that machine may pass on requests from elsewhere in a way that nothing tells apart.
     */
    public boolean localAdmin() {
        return localAdmin;
    }

    /**
     * The addresses of the proxies that are believed what they say about the way of a request. Empty if they are not
     * known: then everybody is believed how clients call this server, which changes only the addresses in the answer,
     * and nobody from where a request comes.
     */
    public Optional<List<Network>> trustedProxies() {
        return trustedProxies;
    }

    /**
     * These settings with another {@code address}.
     *
     * @throws IllegalArgumentException if it is blank
     */
    public ServerConfig withAddress(String value) {
        require(!value.isBlank(), "address", value, "a host name or an address");
        return with(copy -> copy.address = value);
    }

    /**
     * These settings with another {@code port}.
     *
     * @throws IllegalArgumentException if it is not from 0 to 65,535
     */
    public ServerConfig withPort(int value) {
        require(value >= 0 && value <= 65_535, "port", value, "0 to 65535");
        return with(copy -> copy.port = value);
    }

    /**
     * These settings with another {@code threads}.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public ServerConfig withThreads(int value) {
        require(value >= 1, "threads", value, "1 or more");
        return with(copy -> copy.threads = value);
    }

    /**
     * These settings with another {@code maxRequestSize}, in bytes.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public ServerConfig withMaxRequestSize(long value) {
        require(value >= 1, "maxRequestSize", value, "1 byte or more");
        return with(copy -> copy.maxRequestSize = value);
    }

    /**
     * These settings with another {@code maxFiles}.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public ServerConfig withMaxFiles(int value) {
        require(value >= 1, "maxFiles", value, "1 or more");
        return with(copy -> copy.maxFiles = value);
    }

    /**
     * These settings with another {@code maxDownloads}.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public ServerConfig withMaxDownloads(int value) {
        require(value >= 1, "maxDownloads", value, "1 or more");
        return with(copy -> copy.maxDownloads = value);
    }

    /**
     * These settings with another {@code idleTimeout}.
     *
     * @throws IllegalArgumentException if it is less than 1 ms
     */
    public ServerConfig withIdleTimeout(Duration value) {
        require(value.toMillis() >= 1, "idleTimeout", value, "1 ms or more");
        return with(copy -> copy.idleTimeout = value);
    }

    /**
     * These settings with another {@code stopTimeout}.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public ServerConfig withStopTimeout(Duration value) {
        require(!value.isNegative(), "stopTimeout", value, "0 or more");
        return with(copy -> copy.stopTimeout = value);
    }

    /**
     * These settings with another {@code keepMax}.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public ServerConfig withKeepMax(Duration value) {
        require(!value.isNegative(), "keepMax", value, "0 or more");
        return with(copy -> copy.keepMax = value);
    }

    /** These settings with another {@code contact}. */
    public ServerConfig withContact(String value) {
        return with(copy -> copy.contact = value);
    }

    /** These settings with another {@code bundleDefault}. */
    public ServerConfig withBundleDefault(boolean value) {
        return with(copy -> copy.bundleDefault = value);
    }

    /** These settings with other limits for events; for tests. */
    ServerConfig withEvents(int most, Duration period) {
        return with(copy -> {
            copy.maxListeners = most;
            copy.eventPeriod = period;
        });
    }

    /** These settings with another {@code sessionTime}; for tests. */
    ServerConfig withSessionTime(Duration value) {
        return with(copy -> copy.sessionTime = value);
    }

    /** These settings with another {@code version}. */
    public ServerConfig withVersion(String value) {
        return with(copy -> copy.version = value);
    }

    /** These settings with this {@code accessLog}. */
    public ServerConfig withAccessLog(Path value) {
        return with(copy -> copy.accessLog = Optional.of(value));
    }

    /** These settings with these {@code clientTokens}. */
    public ServerConfig withClientTokens(Path value) {
        return with(copy -> copy.clientTokens = Optional.of(value));
    }

    /** These settings with these {@code adminTokens}. */
    public ServerConfig withAdminTokens(Path value) {
        return with(copy -> copy.adminTokens = Optional.of(value));
    }

    /** These settings with another {@code ownersOnly}. */
    public ServerConfig withOwnersOnly(boolean value) {
        return with(copy -> copy.ownersOnly = value);
    }

    /**
     * These settings with another {@code linkMax}.
     *
     * @throws IllegalArgumentException if it is less than 1 s
     */
    public ServerConfig withLinkMax(Duration value) {
        require(value.toSeconds() >= 1, "linkMax", value, "1 s or more");
        return with(copy -> copy.linkMax = value);
    }

    /** These settings with TLS. */
    public ServerConfig withTls(TlsFiles value) {
        return with(copy -> copy.tls = Optional.of(value));
    }

    /** These settings with these {@code notifyHosts}. */
    public ServerConfig withNotifyHosts(Set<String> value) {
        Set<String> hosts = Set.copyOf(value);
        return with(copy -> copy.notifyHosts = hosts);
    }

    /** These settings with another {@code localAdmin}. */
    public ServerConfig withLocalAdmin(boolean value) {
        return with(copy -> copy.localAdmin = value);
    }

    /** These settings with these {@code trustedProxies}; with an empty list no proxy is believed anything. */
    public ServerConfig withTrustedProxies(List<Network> value) {
        List<Network> proxies = List.copyOf(value);
        return with(copy -> copy.trustedProxies = Optional.of(proxies));
    }

    private ServerConfig with(Consumer<ServerConfig> change) {
        try {
            ServerConfig copy = (ServerConfig) clone();
            change.accept(copy);
            return copy;
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    private static void require(boolean right, String name, Object value, String allowed) {
        if (!right) {
            throw new IllegalArgumentException(name + " is " + value + ", allowed is " + allowed);
        }
    }
}
