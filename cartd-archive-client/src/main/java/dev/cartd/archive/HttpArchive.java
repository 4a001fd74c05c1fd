package dev.cartd.archive;

import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import okhttp3.Headers;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * The archive interface over HTTP. An id names what is below the base URL, whatever characters it has: each of its
 * segments is percent-encoded, and no answer (a redirect, a cookie) sends a request elsewhere.
 *
 * <p>A call waits {@code timeout} for the next byte and three times that for all of an answer's head, so that a slow
 * archive is given time (one that serves one request after the other answers when the one before has ended) and a
 * hostile one is not. The content of a {@link #pull} may take as long as it keeps coming. No more than
 * {@code maxRequests} are under way at once, all methods together, an open pull included; a further one waits its turn
 * for {@code timeout} at most.
 *
 * <p>Nothing is retried, with one exception: a request that a connection kept from an earlier one swallowed without a
 * byte in return is sent again on a new connection, since an archive may close a kept one without a word.
 */
public final class HttpArchive implements Archive {
    private static final RequestBody NOTHING = RequestBody.create(new byte[0]);

    private final FileUrls urls;
    private final Requests requests;

    /**
     * The archive at {@code base}, which may have a path, with or without a slash at its end, and a user and password.
     *
     * @param timeout how long to wait without a byte; from a millisecond to a day
     * @param maxRequests the most requests at once; 1 or more
     * @throws IllegalArgumentException if one of them cannot be right; the message never has the password
     */
    public HttpArchive(URI base, Duration timeout, int maxRequests) {
        this.urls = new FileUrls(base);
        this.requests = new Requests(timeout, maxRequests, urls.zone());
    }

    /**
     * Checks that an archive could be at {@code base}; sends nothing.
     *
     * @throws IllegalArgumentException if it cannot be; the message never has the password
     */
    public static void check(URI base) {
        new FileUrls(base).zone();
    }

    @Override
    public void stage(String id) {
        requests.ask(urls.request(id).post(NOTHING).build(), HttpArchive::ok);
    }

    @Override
    public Found status(String id) {
        return StatusHeaders.found(head(id));
    }

    private Headers head(String id) {
        try {
            return requests.ask(urls.request(id).head().build(), HttpArchive::ok);
        } catch (ArchiveException.Refused e) {
            // The answer to HEAD has no body, so it cannot say that the file is missing; the one to POST does.
            stage(id);
            throw e;
        }
    }

    @Override
    public InputStream pull(String id, long from, long size) {
        Objects.checkFromToIndex(from, size, size);
        if (from == 0) {
            return requests.open(urls.request(id).build(), HttpArchive::content);
        }
        return from == size
                ? InputStream.nullInputStream()
                : requests.open(urls.request(id, from, size).build(), HttpArchive::content);
    }

    /** Cuts what is still under way, and closes the connections. */
    @Override
    public void close() {
        requests.close();
    }

    private static Headers ok(Response response) {
        if (!response.isSuccessful()) {
            throw Refusal.of(response);
        }
        return response.headers();
    }

    private static void content(Response response) {
        if (response.code() != 200) {
            throw Refusal.of(response);
        }
    }
}
