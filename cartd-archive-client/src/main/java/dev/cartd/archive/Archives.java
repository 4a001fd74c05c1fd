package dev.cartd.archive;

import dev.cartd.spi.Archive;
import java.net.URI;

/** Opens archives by their URLs: the scheme of a URL determines the kind of the archive. */
public final class Archives {
    private Archives() {}

    /**
     * Checks the URL of an archive. Sends nothing, and reads no directory.
     *
     * @param url with a slash at its end
     * @throws IllegalArgumentException if no archive can have this URL; the message never contains a password
     */
    public static void check(URI url) {
        ArchiveKind.of(url).check(url);
    }

    /**
     * Opens the archive at this URL. Sends nothing: if the archive cannot be reached, the first request fails. The
     * caller closes the archive.
     *
     * @param url {@code http://…} or {@code https://…} for Pacifica's archive interface, {@code dav+http://…} or
     *     {@code dav+https://…} for a web server, {@code tape+https://…} for one with the Tape REST API, {@code s3://…}
     *     for a bucket, {@code file:///…} for a mounted directory, {@code command:///…} for a program; with a slash at
     *     its end
     * @throws IllegalArgumentException if a value is invalid; the message never contains a password
     */
    public static Archive open(URI url, ArchiveSettings settings) {
        ArchiveKind kind = ArchiveKind.of(url);
        kind.check(url);
        return kind.open(url, settings);
    }
}
