package dev.cartd.archive.tape;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cartd.archive.http.BodyText;
import dev.cartd.archive.http.FileUrls;
import dev.cartd.archive.http.OneLine;
import dev.cartd.archive.http.Redirects;
import dev.cartd.archive.http.Requests;
import dev.cartd.spi.ArchiveException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** The Tape REST API of an archive, found by its host if no URL is given. Safe for use by many threads. */
final class TapeApi {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);
    private static final Pattern NUMBER = Pattern.compile("[A-Za-z0-9_:-][A-Za-z0-9._:-]{0,199}");
    private static final MediaType TYPE = MediaType.get("application/json");
    private static final String WELL_KNOWN = ".well-known/wlcg-tape-rest-api";

    /** The longest answer that is read: one about 1000 files whose paths are long. */
    private static final int MOST = 8 << 20;

    /** How long the URL of the API is used before the server is asked for it again. */
    private static final Duration FOUND_FOR = Duration.ofHours(1);

    private final FileUrls urls;
    private final HttpUrl server;
    private final Redirects trust;
    private final Requests requests;
    private final Token token;
    private final Optional<HttpUrl> configured;
    private volatile @Nullable Endpoint found;

    /** The URL of the API, and when it was found, by {@link System#nanoTime}. */
    private record Endpoint(HttpUrl url, long at) {}

    /** What the API says about where a file is. */
    record Place(String locality, String error) {}

    /**
     * @param server the root of the archive's host
     * @param configured the URL of the API; empty to ask the host
     */
    TapeApi(FileUrls urls, HttpUrl server, Redirects trust, Requests requests, Token token, Optional<URI> configured) {
        this.urls = urls;
        this.server = server;
        this.trust = trust;
        this.requests = requests;
        this.token = token;
        this.configured = configured.map(url -> Optional.ofNullable(HttpUrl.get(url))
                .orElseThrow(() -> new IllegalArgumentException("tape_endpoint is not the URL of a server")));
    }

    /**
     * Asks for the files to be brought to disk.
     *
     * @return the number of the request
     */
    String stage(List<String> paths, int days) {
        ObjectNode body = JSON.createObjectNode();
        ArrayNode files = body.putArray("files");
        paths.forEach(path -> files.addObject().put("path", path).put("diskLifetime", "P" + days + "D"));
        JsonNode answer = post("stage", body);
        return number(answer);
    }

    /** The number becomes a part of URLs: with another form it could lead elsewhere. */
    static String number(JsonNode answer) {
        String number = answer.path("requestId").asText("");
        if (!NUMBER.matcher(number).matches()) {
            throw nonsense("it has no requestId, or an odd one");
        }
        return number;
    }

    /** A number comes back from the database, where it may have become anything. */
    private static String required(String number) {
        if (!NUMBER.matcher(number).matches()) {
            throw new ArchiveException.Refused("the receipt is not one of this archive");
        }
        return number;
    }

    /**
     * Why this request does not bring some of its files to disk, by path. A recall that was cancelled is no failure:
     * whoever cancelled it may have asked for the file anew, and else it is asked for again in time.
     */
    Map<String, String> failures(String number) {
        return failures(ask(below("stage", required(number)).get()));
    }

    static Map<String, String> failures(JsonNode answer) {
        Map<String, String> failures = new HashMap<>();
        for (JsonNode file : answer.path("files")) {
            String state = file.path("state").asText().toUpperCase(Locale.ROOT);
            String error = file.path("error").asText("");
            if (!state.equals("CANCELLED") && (!error.isEmpty() || state.equals("FAILED"))) {
                failures.put(file.path("path").asText(), error.isEmpty() ? state : error);
            }
        }
        return failures;
    }

    /** Where these files are, by path; a file that the archive says nothing about is missing. */
    Map<String, Place> places(List<String> paths) {
        return places(post("archiveinfo", paths(paths)));
    }

    static Map<String, Place> places(JsonNode answer) {
        if (!answer.isArray()) {
            throw nonsense("it is no list");
        }
        Map<String, Place> places = new HashMap<>();
        for (JsonNode file : answer) {
            places.put(
                    file.path("path").asText(),
                    new Place(
                            file.path("locality").asText("").toUpperCase(Locale.ROOT),
                            file.path("error").asText("")));
        }
        return places;
    }

    /** Says that these files of a request are not needed on disk any more. */
    void release(String number, List<String> paths) {
        tell(below("release", required(number)), paths);
    }

    /** Says that this request need not bring these files to disk any more. */
    void cancel(String number, List<String> paths) {
        tell(below("stage", required(number), "cancel"), paths);
    }

    private void tell(Request.Builder to, List<String> paths) {
        requests.ask(post(to, paths(paths)), response -> {
            requireSuccess(response);
            return paths;
        });
    }

    private static ObjectNode paths(List<String> paths) {
        ObjectNode body = JSON.createObjectNode();
        ArrayNode all = body.putArray("paths");
        paths.forEach(all::add);
        return body;
    }

    private JsonNode post(String verb, ObjectNode body) {
        return requests.ask(post(below(verb), body), TapeApi::json);
    }

    private Request post(Request.Builder to, ObjectNode body) {
        return token.on(to.post(RequestBody.create(body.toString(), TYPE)));
    }

    private JsonNode ask(Request.Builder request) {
        return requests.ask(token.on(request), TapeApi::json);
    }

    private Request.Builder below(String... segments) {
        HttpUrl.Builder url = endpoint().newBuilder();
        for (String segment : segments) {
            url.addPathSegment(segment);
        }
        return to(url.build());
    }

    private Request.Builder to(HttpUrl url) {
        Request.Builder request = urls.to(url).header("Accept", "application/json");
        return trust.isTrusted(url) || configured.isPresent() ? request : request.removeHeader("Authorization");
    }

    private HttpUrl endpoint() {
        if (configured.isPresent()) {
            return configured.get();
        }
        Endpoint known = found;
        if (known == null || System.nanoTime() - known.at > FOUND_FOR.toNanos()) {
            known = new Endpoint(discovered(), System.nanoTime());
            found = known;
        }
        return known.url;
    }

    private HttpUrl discovered() {
        HttpUrl url = server.newBuilder().addPathSegments(WELL_KNOWN).build();
        JsonNode answer = requests.ask(token.on(to(url)), response -> {
            if (response.code() == 404) {
                throw new ArchiveException.Unreachable(url.host() + " has no " + WELL_KNOWN
                        + ": set tape_endpoint, or use dav+https for a server without tape");
            }
            return json(response);
        });
        for (JsonNode endpoint : answer.path("endpoints")) {
            HttpUrl uri = HttpUrl.parse(endpoint.path("uri").asText());
            if (uri != null && endpoint.path("version").asText().equals("v1")) {
                return trusted(uri);
            }
        }
        throw new ArchiveException.Unreachable(
                url.host() + " has no tape interface of version v1: set tape_endpoint if there is one");
    }

    private HttpUrl trusted(HttpUrl url) {
        if (!trust.isTrusted(url)) {
            throw new ArchiveException.Unreachable(
                    OneLine.of("the archive says that its tape interface is " + url.scheme() + "://" + url.host()
                            + ": if that is so, set tape_endpoint, or add the host to trusted_hosts"));
        }
        return url;
    }

    static JsonNode json(Response response) {
        requireSuccess(response);
        try {
            return Optional.ofNullable(JSON.readTree(BodyText.whole(response, MOST)))
                    .orElse(MissingNode.getInstance());
        } catch (IOException e) {
            throw nonsense("it is no JSON");
        }
    }

    private static void requireSuccess(Response response) {
        if (response.isSuccessful()) {
            return;
        }
        requireToken(response);
        String answer = OneLine.of("the archive's tape interface answers " + response.code() + ": "
                + BodyText.of(response).strip());
        throw switch (response.code()) {
            case 429 -> ArchiveException.Unreachable.midway(answer);
            case 502, 503, 504 -> new ArchiveException.Unreachable(answer);
            default -> new ArchiveException.Refused(answer);
        };
    }

    /**
     * Requires that the archive knows who asks.
     *
     * @throws ArchiveException.Unreachable if not: no file can be had until the token is replaced
     */
    static void requireToken(Response response) {
        if (response.code() == 401) {
            throw new ArchiveException.Unreachable(
                    "the archive answers 401: the token in token_file has expired, or is not for this archive");
        }
    }

    private static ArchiveException nonsense(String what) {
        return new ArchiveException.Refused("the answer of the archive's tape interface makes no sense: " + what);
    }
}
