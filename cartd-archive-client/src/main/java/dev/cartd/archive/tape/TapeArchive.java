package dev.cartd.archive.tape;

import dev.cartd.archive.http.FileUrls;
import dev.cartd.archive.http.ListArchive;
import dev.cartd.archive.http.OneLine;
import dev.cartd.archive.http.Redirects;
import dev.cartd.archive.http.Requests;
import dev.cartd.archive.http.WebAnswers;
import dev.cartd.archive.tape.TapeApi.Place;
import dev.cartd.spi.ArchiveException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;

/**
 * An archive with the Tape REST API of WLCG, whose files are read by HTTP: dCache, EOS with CTA, StoRM and others. The
 * API says where files are and brings them to disk, many with one request; their sizes, times and bytes come from the
 * web server. Redirects to data servers are followed as {@link Redirects} says. The
 * number of a request is the receipt of its files. Deadlines and the number of requests are those of {@link Requests}. Safe for use by
 * many threads.
 */
public final class TapeArchive extends ListArchive {
    private static final WebAnswers ANSWERS =
            new WebAnswers("the archive", "may the owner of the token, or the user of the URL, read the file?");

    private final String root;
    private final FileUrls urls;
    private final Requests requests;
    private final TapeApi api;
    private final Token token;
    private final TapeSettings settings;
    private final Duration longest;
    private final KnownSizes sizes = new KnownSizes();

    /**
     * Creates a client; connects only when a request is sent.
     *
     * @param base an http or https URL, with a slash at its end, which may have a path, and a user and password
     * @param timeout how long to wait for the next byte; from a millisecond to a day
     * @param maxRequests the maximum number of concurrent requests; 1 or more
     * @throws IllegalArgumentException if a value is invalid; the message never contains a password or token
     */
    public TapeArchive(URI base, TapeSettings settings, Duration timeout, int maxRequests) {
        this.urls = new FileUrls(base);
        HttpUrl server = Objects.requireNonNull(urls.base().resolve("/"));
        Redirects redirects = new Redirects(server, settings.trustedHosts());
        this.root = base.getPath();
        this.requests = new Requests(timeout, maxRequests, urls.zone(), redirects);
        this.token = new Token(settings.tokenFile());
        this.api = new TapeApi(urls, server, redirects, requests, token, settings.endpoint());
        this.settings = settings;
        this.longest = timeout.multipliedBy(10);
    }

    @Override
    public int batch() {
        return settings.batch();
    }

    /**
     * {@inheritDoc} The API takes paths of files that are not there: so a file whose status is not known is looked at
     * first.
     *
     * @throws ArchiveException.Missing if the archive does not have the file
     * @throws ArchiveException.Refused if the archive refuses the request or answers nonsense, or the id cannot be part
     *     of a URL
     * @throws ArchiveException.Unreachable if there is no answer in time, the archive is too busy, there is no token or
     *     it is not right, the tape interface is not found, or the thread is interrupted
     */
    @Override
    public Staged stage(List<String> ids) {
        Map<String, ArchiveException> failed = unusable(ids);
        for (String id : without(ids, failed)) {
            if (sizes.of(path(id)).isEmpty()) {
                try {
                    Found unused = look(id);
                } catch (ArchiveException.Missing | ArchiveException.Refused e) {
                    failed.put(id, e);
                }
            }
        }
        List<String> paths = without(ids, failed).stream().map(this::path).toList();
        Optional<String> receipt =
                paths.isEmpty() ? Optional.empty() : Optional.of(api.stage(paths, settings.diskDays()));
        return new Staged(receipt, failed);
    }

    /** One request says where the files are. Each of them whose size is not known yet costs one more. */
    @Override
    public Map<String, Status> status(List<String> ids) {
        long begun = System.nanoTime();
        Map<String, Status> answers = new HashMap<>();
        Map<String, ArchiveException> unusable = unusable(ids);
        unusable.forEach((id, why) -> answers.put(id, new Failed(why)));
        List<String> usable = without(ids, unusable);
        Map<String, Place> places = usable.isEmpty()
                ? Map.of()
                : api.places(usable.stream().map(this::path).toList());
        for (String id : usable) {
            boolean late = System.nanoTime() - begun > longest.toNanos();
            answers.put(
                    id,
                    late
                            ? new Failed(ArchiveException.Unreachable.midway(
                                    "the archive did not answer for all files of a list in time"))
                            : status(id, Optional.ofNullable(places.get(path(id)))));
        }
        return answers;
    }

    /** {@inheritDoc} An archive may forget a request that is over: then it names no file. */
    @Override
    public Map<String, ArchiveException> failures(String receipt, List<String> ids) {
        Map<String, String> reasons;
        try {
            reasons = api.failures(receipt);
        } catch (ArchiveException.Refused e) {
            return Map.of();
        }
        Map<String, ArchiveException> failures = new HashMap<>();
        for (String id : ids) {
            Optional.ofNullable(reasons.get(path(id)))
                    .ifPresent(why -> failures.put(
                            id,
                            new ArchiveException.Refused(
                                    OneLine.of("the archive could not bring it to disk: " + why))));
        }
        return failures;
    }

    @Override
    public void release(String receipt, List<String> ids) {
        api.release(receipt, ids.stream().map(this::path).toList());
    }

    /** {@inheritDoc} The API cancels files that are still on tape; those on disk are released. */
    @Override
    public void cancel(String receipt, List<String> ids) {
        List<String> paths = ids.stream().map(this::path).toList();
        try {
            api.cancel(receipt, paths);
        } catch (ArchiveException.Refused e) {
            // A request that is over may have nothing to cancel.
        }
        api.release(receipt, paths);
    }

    /** Ids that cannot be part of a URL: no request may have their paths. */
    private Map<String, ArchiveException> unusable(List<String> ids) {
        Map<String, ArchiveException> unusable = new HashMap<>();
        for (String id : ids) {
            try {
                Request.Builder unused = urls.request(id);
            } catch (ArchiveException.Refused e) {
                unusable.put(id, e);
            }
        }
        return unusable;
    }

    private Status status(String id, Optional<Place> place) {
        try {
            String path = path(id);
            boolean onTape =
                    place.filter(where -> where.locality().equals("TAPE")).isPresent();
            Optional<Found> known = onTape ? sizes.of(path) : Optional.empty();
            Found found = known.isPresent() ? known.get() : look(id);
            Medium medium = medium(place, found);
            if (medium == Medium.TAPE) {
                sizes.remember(path, found);
            } else {
                sizes.forget(path);
            }
            return new Found(found.size(), found.mtime(), medium);
        } catch (ArchiveException e) {
            return new Failed(e);
        }
    }

    private static Medium medium(Optional<Place> place, Found found) {
        Place where = place.orElseThrow(
                () -> new ArchiveException.Refused("the archive's tape interface says nothing about it"));
        return switch (where.locality()) {
            case "DISK", "DISK_AND_TAPE" -> Medium.DISK;
            case "TAPE" -> Medium.TAPE;
            case "LOST" -> Medium.ERROR;
            case "NONE" -> {
                if (found.size() == 0) {
                    yield Medium.DISK;
                }
                throw new ArchiveException.Refused("the archive has the file neither on disk nor on tape");
            }
            case "UNAVAILABLE" ->
                throw new ArchiveException.Unreachable("the archive says that the file is unavailable now");
            default ->
                throw new ArchiveException.Refused(OneLine.of("the archive does not say where the file is: "
                        + (where.error().isEmpty() ? where.locality() : where.error())));
        };
    }

    /** Asks the web server for the size and time of a file. */
    private Found look(String id) {
        return requests.ask(token.on(urls.request(id).head()), response -> {
            TapeApi.requireToken(response);
            return ANSWERS.found(response);
        });
    }

    private String path(String id) {
        return root + id;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IndexOutOfBoundsException if {@code from} is negative or greater than {@code size}
     * @throws ArchiveException.Missing as {@link #stage(List)}
     * @throws ArchiveException.Refused as {@link #stage(List)}, and if the archive does not serve ranges, or
     *     redirects to a host that it may not redirect to
     * @throws ArchiveException.Unreachable as {@link #stage(List)}
     */
    @Override
    public InputStream pull(String id, long from, long size) {
        Objects.checkFromToIndex(from, size, size);
        Request.Builder request = urls.request(id);
        if (from == size && from > 0) {
            return InputStream.nullInputStream();
        }
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
        }
        return requests.open(token.on(request), response -> requireContent(response, from, size));
    }

    private static void requireContent(Response response, long from, long size) {
        TapeApi.requireToken(response);
        if (from == 0) {
            ANSWERS.requireWhole(response);
        } else {
            ANSWERS.requireRange(response, from, size);
        }
    }

    /** Cancels all requests under way, including open pulls, and closes the connections. */
    @Override
    public void close() {
        requests.close();
    }
}
