package dev.cartd.archive.s3;

import dev.cartd.archive.http.FileUrls;
import dev.cartd.archive.http.Requests;
import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;

/**
 * A bucket of an object store that speaks S3, or what begins with a prefix there. The key of a file is the prefix and
 * its id. An object of a class that is kept on tape has to be restored before it can be pulled. Deadlines and the
 * number of requests are those of {@link Requests}. The keys for signing are read again for each request, so they can
 * be replaced at any time. Safe for use by many threads.
 */
public final class S3Archive implements Archive {
    private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]");
    private static final MediaType XML = MediaType.get("application/xml");

    private final FileUrls urls;
    private final Requests requests;
    private final S3Signer signer;
    private final byte[] restore;
    private final InstantSource clock;

    /**
     * Creates a client; connects only when a request is sent.
     *
     * @param url {@code s3://BUCKET/PREFIX/}
     * @param timeout how long to wait for the next byte; from a millisecond to a day
     * @param maxRequests the maximum number of concurrent requests; 1 or more
     * @throws IllegalArgumentException if a value is invalid; the message never contains a key for signing
     */
    public S3Archive(URI url, S3Settings settings, Duration timeout, int maxRequests) {
        this(
                url,
                settings,
                timeout,
                maxRequests,
                S3Keys.ofThisMachine(settings.credentialsFile()),
                InstantSource.system());
    }

    S3Archive(URI url, S3Settings settings, Duration timeout, int maxRequests, S3Keys keys, InstantSource clock) {
        check(url);
        this.urls = new FileUrls(base(bucket(url), settings)).below(prefix(url));
        this.requests = new Requests(timeout, maxRequests, urls.zone());
        this.signer = new S3Signer(settings.region(), keys, clock);
        this.restore = restoreRequest(settings).getBytes(StandardCharsets.UTF_8);
        this.clock = clock;
    }

    /**
     * Checks whether {@code url} can be that of a bucket. Sends nothing.
     *
     * @throws IllegalArgumentException if it cannot
     */
    public static void check(URI url) {
        if (url.getRawQuery() != null
                || url.getRawFragment() != null
                || !BUCKET.matcher(bucket(url)).matches()
                || url.getPath().isEmpty()) {
            throw new IllegalArgumentException("the archive's URL is not s3://BUCKET/PREFIX");
        }
    }

    private static String bucket(URI url) {
        return Optional.ofNullable(url.getRawAuthority()).orElse("");
    }

    private static String prefix(URI url) {
        return url.getPath().substring(1);
    }

    private static URI base(String bucket, S3Settings settings) {
        URI endpoint = settings.endpointOrAmazon();
        String text = endpoint.toString();
        String slashed = text.endsWith("/") ? text : text + "/";
        return URI.create(
                settings.pathStyle()
                        ? slashed + bucket + "/"
                        : slashed.replaceFirst("//", "//" + bucket.toLowerCase(Locale.ROOT) + "."));
    }

    /** The number of days is always there: without it some stores keep the file on disk for ever. */
    private static String restoreRequest(S3Settings settings) {
        return "<RestoreRequest xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Days>" + settings.restoreDays()
                + "</Days><GlacierJobParameters><Tier>" + settings.restoreTier()
                + "</Tier></GlacierJobParameters></RestoreRequest>";
    }

    /**
     * {@inheritDoc}
     *
     * @throws ArchiveException.Missing if the bucket does not have the file
     * @throws ArchiveException.Refused if the store refuses the request or answers nonsense, or the id cannot be part
     *     of a URL
     * @throws ArchiveException.Unreachable if there is no answer in time, the store is too busy, the keys for signing
     *     are not there or not right, a clock is wrong, or the thread is interrupted
     */
    @Override
    public void stage(String id) {
        Request request = urls.request(id, "restore")
                .post(RequestBody.create(restore, XML))
                .build();
        requests.ask(signer.signed(request, restore), response -> {
            S3Answer.requireRestore(response);
            return id;
        });
    }

    /**
     * {@inheritDoc}
     *
     * @throws ArchiveException.Missing as {@link #stage(String)}
     * @throws ArchiveException.Refused as {@link #stage(String)}
     * @throws ArchiveException.Unreachable as {@link #stage(String)}
     */
    @Override
    public Found status(String id) {
        Optional<Found> found = requests.ask(
                signer.signed(urls.request(id).head().build()), response -> S3Answer.found(response, clock.instant()));
        return found.orElseThrow(() -> reason(id));
    }

    /** Asks for the first byte of a file: an answer to HEAD has no body with a reason. */
    private ArchiveException reason(String id) {
        Request request = urls.request(id).header("Range", "bytes=0-0").build();
        return requests.ask(signer.signed(request), S3Answer::failure);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IndexOutOfBoundsException if {@code from} is negative or greater than {@code size}
     * @throws ArchiveException.Missing as {@link #stage(String)}
     * @throws ArchiveException.Refused as {@link #stage(String)}, and if the file is on tape
     * @throws ArchiveException.Unreachable as {@link #stage(String)}
     */
    @Override
    public InputStream pull(String id, long from, long size) {
        Objects.checkFromToIndex(from, size, size);
        if (from == size && from > 0) {
            return InputStream.nullInputStream();
        }
        Request.Builder request = urls.request(id);
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
        }
        return requests.open(signer.signed(request.build()), response -> S3Answer.requireContent(response, from, size));
    }

    /** Cancels all requests under way, including open pulls, and closes the connections. */
    @Override
    public void close() {
        requests.close();
    }
}
