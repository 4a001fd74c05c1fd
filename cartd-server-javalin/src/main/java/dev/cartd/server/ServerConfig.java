package dev.cartd.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How the server listens, and what it allows.
 *
 * @param address the address or host name to listen on
 * @param port the port to listen on, 0 to 65,535; 0 takes a free one
 * @param threads how many requests are to be answered at once, at least 1. Downloads and bodies that are under way need
 *     none, so this is a hint: there are never fewer than a sane number
 * @param maxRequestSize the largest body of a request in bytes, at least 1
 * @param maxFiles the most files of one cart, at least 1
 * @param maxDownloads the most downloads at once, at least 1
 * @param idleTimeout how long a connection may neither take nor send a byte; at least 1 ms
 * @param stopTimeout how long running requests and downloads may take to end when the server stops; at least 0
 * @param keepMax the longest time that a client may have its cart kept; 0 for none
 * @param bundleDefault what {@code bundle} is where a request does not say
 * @param version the version of cartd that errors tell
 * @param accessLog the file that gets one line for each request; empty for none
 */
public record ServerConfig(
        String address,
        int port,
        int threads,
        long maxRequestSize,
        int maxFiles,
        int maxDownloads,
        Duration idleTimeout,
        Duration stopTimeout,
        Duration keepMax,
        boolean bundleDefault,
        String version,
        Optional<Path> accessLog) {
    /** Refuses what cannot be served with. */
    public ServerConfig {
        require(!address.isBlank(), "address", address, "a host name or an address");
        require(port >= 0 && port <= 65_535, "port", port, "0 to 65535");
        require(threads >= 1, "threads", threads, "1 or more");
        require(maxRequestSize >= 1, "maxRequestSize", maxRequestSize, "1 byte or more");
        require(maxFiles >= 1, "maxFiles", maxFiles, "1 or more");
        require(maxDownloads >= 1, "maxDownloads", maxDownloads, "1 or more");
        require(idleTimeout.toMillis() >= 1, "idleTimeout", idleTimeout, "1 ms or more");
        require(!stopTimeout.isNegative(), "stopTimeout", stopTimeout, "0 or more");
        require(!keepMax.isNegative(), "keepMax", keepMax, "0 or more");
    }

    private static void require(boolean right, String name, Object value, String allowed) {
        if (!right) {
            throw new IllegalArgumentException(name + " is " + value + ", allowed is " + allowed);
        }
    }
}
