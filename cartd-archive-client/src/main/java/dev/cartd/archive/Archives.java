package dev.cartd.archive;

import dev.cartd.spi.Archive;
import java.net.URI;
import java.time.Duration;

/** Opens archives by their URLs: the scheme of a URL tells the kind of the archive. */
public final class Archives {
    private Archives() {}

    /**
     * Checks whether an archive can be at this URL; sends nothing, and looks at no directory.
     *
     * @param url with a slash at its end
     * @throws IllegalArgumentException if none can be; the message never contains a password
     */
    public static void check(URI url) {
        ArchiveKind.of(url).check(url);
    }

    /**
     * Opens the archive at this URL. Whether it can be reached shows when the first request is sent. The caller closes
     * it.
     *
     * @param url {@code http://…} or {@code https://…} for Pacifica's archive interface, {@code file:///…} for a
     *     mounted directory; with a slash at its end
     * @param timeout how long a request over the network waits for the next byte; from a millisecond to a day
     * @param maxRequests the maximum number of concurrent requests over the network; 1 or more
     * @throws IllegalArgumentException if a value is invalid; the message never contains a password
     */
    public static Archive open(URI url, Duration timeout, int maxRequests) {
        ArchiveKind kind = ArchiveKind.of(url);
        kind.check(url);
        return kind.open(url, timeout, maxRequests);
    }
}
