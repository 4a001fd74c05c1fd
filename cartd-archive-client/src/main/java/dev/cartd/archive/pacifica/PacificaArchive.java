package dev.cartd.archive.pacifica;

import dev.cartd.archive.http.FileUrls;
import dev.cartd.archive.http.Requests;
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
 * Pacifica's archive interface over HTTP. The URL of a file is below the base URL, whatever characters its id has: each
 * segment of the id is percent-encoded, redirects are not followed, and cookies are not kept. Safe for use by many
 * threads.
 *
 * <p>A call waits {@code timeout} for the next byte, and three times {@code timeout} for the complete head of an
 * answer: an archive that serves one request after the other has time to answer, and a hostile archive cannot hold a
 * call for ever. The content of a {@link #pull} may take any time, as long as bytes keep coming. At most
 * {@code maxRequests} requests are under way at once, open pulls included; another one waits up to {@code timeout} and
 * then fails. cartd itself never sends more.
 *
 * <p>Nothing is retried, with one exception: if a request on a kept connection gets no byte in return, it is sent again
 * on a new connection, since an archive may close an idle connection at any time.
 */
public final class PacificaArchive implements Archive {
    private static final RequestBody EMPTY_BODY = RequestBody.create(new byte[0]);

    private final FileUrls urls;
    private final Requests requests;

    /**
     * Creates an archive client; connects only when a request is sent.
     *
     * @param base an http or https URL, which may have a path, with or without a slash at its end, and a user and
     *     password
     * @param timeout how long to wait for the next byte; from a millisecond to a day
     * @param maxRequests the maximum number of concurrent requests; 1 or more
     * @throws IllegalArgumentException if a value is invalid; the message never contains the password
     */
    public PacificaArchive(URI base, Duration timeout, int maxRequests) {
        this.urls = new FileUrls(base);
        this.requests = new Requests(timeout, maxRequests, urls.zone());
    }

    /**
     * {@inheritDoc}
     *
     * @throws ArchiveException.Missing if the archive does not have the file
     * @throws ArchiveException.Refused if the archive refuses the request, answers nonsense, or the id cannot be part
     *     of a URL
     * @throws ArchiveException.Unreachable if there is no answer in time, all requests are taken for {@code timeout},
     *     or the thread is interrupted
     */
    @Override
    public void stage(String id) {
        requests.ask(urls.request(id).post(EMPTY_BODY).build(), PacificaArchive::ok);
    }

    /**
     * {@inheritDoc}
     *
     * @throws ArchiveException.Missing as {@link #stage}
     * @throws ArchiveException.Refused as {@link #stage}
     * @throws ArchiveException.Unreachable as {@link #stage}
     */
    @Override
    public Found status(String id) {
        return StatusHeaders.found(head(id));
    }

    private Headers head(String id) {
        try {
            return requests.ask(urls.request(id).head().build(), PacificaArchive::ok);
        } catch (ArchiveException.Refused e) {
            // An answer to HEAD has no body with a reason, such as that the file is missing. An answer to POST has.
            stage(id);
            throw e;
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws IndexOutOfBoundsException if {@code from} is negative or greater than {@code size}
     * @throws ArchiveException.Missing as {@link #stage}
     * @throws ArchiveException.Refused as {@link #stage}
     * @throws ArchiveException.Unreachable as {@link #stage}
     */
    @Override
    public InputStream pull(String id, long from, long size) {
        Objects.checkFromToIndex(from, size, size);
        if (from == 0) {
            return requests.open(urls.request(id).build(), PacificaArchive::content);
        }
        return from == size
                ? InputStream.nullInputStream()
                : requests.open(
                        urls.request(id, "byte_range=" + from + "-" + size).build(), PacificaArchive::content);
    }

    /** Cancels all requests under way, including open pulls, and closes the connections. */
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
