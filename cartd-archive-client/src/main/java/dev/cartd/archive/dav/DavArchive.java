package dev.cartd.archive.dav;

import dev.cartd.archive.http.FileUrls;
import dev.cartd.archive.http.Requests;
import dev.cartd.archive.http.WebAnswers;
import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;

/**
 * A web server whose files are the archive: it answers HEAD with size and time, and GET with bytes and ranges of bytes,
 * as nginx, Apache and every WebDAV server do. No file is ever on tape. Deadlines, the number of requests and what is
 * done with redirects (none is followed) are those of {@link Requests}; an id becomes a URL as {@link FileUrls} says.
 * Safe for use by many threads.
 */
public final class DavArchive implements Archive {
    private static final WebAnswers ANSWERS = new WebAnswers(
            "the web server", "are the user and password in the archive's URL right, and may that user read the file?");

    private final FileUrls urls;
    private final Requests requests;

    /**
     * Creates a client; connects only when a request is sent.
     *
     * @param base an http or https URL, which may have a path, with or without a slash at its end, and a user and
     *     password
     * @param timeout how long to wait for the next byte; from a millisecond to a day
     * @param maxRequests the maximum number of concurrent requests; 1 or more
     * @throws IllegalArgumentException if a value is invalid; the message never contains the password
     */
    public DavArchive(URI base, Duration timeout, int maxRequests) {
        this.urls = new FileUrls(base);
        this.requests = new Requests(timeout, maxRequests, urls.zone());
    }

    /** Only checks that the server has the file, like {@link #status(String)}. */
    @Override
    public void stage(String id) {
        status(id);
    }

    /**
     * {@inheritDoc}
     *
     * @throws ArchiveException.Missing if the server does not have the file
     * @throws ArchiveException.Refused if the server refuses the request or does not tell the size, or the id cannot be
     *     part of a URL
     * @throws ArchiveException.Unreachable if there is no answer in time, or none of the server's own, or the thread is
     *     interrupted
     */
    @Override
    public Found status(String id) {
        return requests.ask(urls.request(id).head().build(), ANSWERS::found);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IndexOutOfBoundsException if {@code from} is negative or greater than {@code size}
     * @throws ArchiveException.Missing as {@link #status(String)}
     * @throws ArchiveException.Refused as {@link #status(String)}, and if the server does not serve ranges
     * @throws ArchiveException.Unreachable as {@link #status(String)}
     */
    @Override
    public InputStream pull(String id, long from, long size) {
        Objects.checkFromToIndex(from, size, size);
        if (from == 0) {
            return requests.open(urls.request(id).build(), ANSWERS::requireWhole);
        }
        return from == size
                ? InputStream.nullInputStream()
                : requests.open(
                        urls.request(id).header("Range", "bytes=" + from + "-").build(),
                        response -> ANSWERS.requireRange(response, from, size));
    }

    /** Cancels all requests under way, including open pulls, and closes the connections. */
    @Override
    public void close() {
        requests.close();
    }
}
