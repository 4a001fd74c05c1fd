package dev.cartd.archive.http;

import dev.cartd.spi.ArchiveException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import okhttp3.Credentials;
import okhttp3.HttpUrl;
import okhttp3.Request;

/**
 * Builds the requests for files. The URL of a file is the base URL followed by the file's id, with each segment of the
 * id percent-encoded. Immutable, and safe for use by many threads.
 */
public final class FileUrls {
    private static final String UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    private final HttpUrl base;
    private final Optional<String> zone;
    private final Request.Builder common;

    /**
     * The URLs below this one.
     *
     * @param base an http or https URL, which may have a path, with or without a slash at its end, and a user and
     *     password
     * @throws IllegalArgumentException if it cannot be that; the message never contains the password
     */
    public FileUrls(URI base) {
        HttpUrl url = checked(base);
        this.zone = zone(base.getRawAuthority());
        // Without user and password: the HTTP library may quote this URL in messages.
        this.base = url.newBuilder().username("").password("").build();
        this.common = new Request.Builder()
                .url(this.base)
                .header("Accept-Encoding", "identity")
                .header("User-Agent", "cartd");
        if (!url.username().isEmpty() || !url.password().isEmpty()) {
            common.header("Authorization", Credentials.basic(url.username(), url.password(), StandardCharsets.UTF_8));
        }
    }

    /**
     * Checks whether {@code base} can be the URL of a server. Sends nothing.
     *
     * @throws IllegalArgumentException if it cannot; the message never contains the password
     */
    public static void check(URI base) {
        FileUrls unused = new FileUrls(base);
    }

    private static HttpUrl checked(URI base) {
        if (base.getRawQuery() != null || base.getRawFragment() != null) {
            throw new IllegalArgumentException("the archive's URL has a query or a fragment");
        }
        HttpUrl url = HttpUrl.parse(withoutZone(base.toString()));
        if (url == null || base.getRawAuthority() == null) {
            throw new IllegalArgumentException(
                    "the archive's URL is not http://HOST… or https://HOST…, or its host or port is invalid");
        }
        return url;
    }

    /**
     * The zone, which is the name of a network interface, of an IPv6 address such as {@code [fe80::1%eth0]}; the
     * percent sign may be encoded.
     */
    private static Optional<String> zone(String authority) {
        int end = authority.indexOf(']');
        int percent = authority.indexOf('%', Math.max(0, authority.indexOf('[')));
        if (end < 0 || percent < 0 || percent > end) {
            return Optional.empty();
        }
        String zone = authority.substring(percent + 1, end);
        return Optional.of(zone.startsWith("25") && zone.length() > 2 ? zone.substring(2) : zone);
    }

    /**
     * The URL without its zone. The HTTP library accepts all that browsers do, such as underscores in host names and
     * IDN, but no zones.
     */
    private static String withoutZone(String url) {
        int open = url.indexOf('[');
        int end = url.indexOf(']', open + 1);
        int percent = open < 0 ? -1 : url.indexOf('%', open);
        return percent < 0 || percent > end ? url : url.substring(0, percent) + url.substring(end);
    }

    private FileUrls(HttpUrl base, Optional<String> zone, Request.Builder common) {
        this.base = base;
        this.zone = zone;
        this.common = common;
    }

    /**
     * The URLs of files whose ids follow this text, which is not encoded yet and may have empty segments.
     *
     * @throws IllegalArgumentException if it has a segment that is {@code .} or {@code ..}
     */
    public FileUrls below(String prefix) {
        StringBuilder path = new StringBuilder(base.encodedPath());
        for (String segment : prefix.split("(?<=/)", -1)) {
            String name = segment.replace("/", "");
            if (name.equals(".") || name.equals("..")) {
                throw new IllegalArgumentException("the archive's URL has a . or .. segment");
            }
            path.append(encoded(name)).append(segment.endsWith("/") ? "/" : "");
        }
        return new FileUrls(base.newBuilder().encodedPath(path.toString()).build(), zone, common);
    }

    /** The base URL, without user and password. */
    public HttpUrl base() {
        return base;
    }

    /** The network interface for reaching a link-local address; empty if the URL has none. */
    public Optional<String> zone() {
        return zone;
    }

    /**
     * A request for the file.
     *
     * @throws ArchiveException.Refused if the id cannot be part of a URL
     */
    public Request.Builder request(String id) {
        return to(url(id));
    }

    /**
     * A request for the file, with a query that needs no encoding, such as {@code byte_range=0-9}.
     *
     * @throws ArchiveException.Refused if the id cannot be part of a URL
     */
    public Request.Builder request(String id, String query) {
        return to(url(id).newBuilder().encodedQuery(query).build());
    }

    /** A request for a URL of the same server, with the same user and password. */
    public Request.Builder to(HttpUrl url) {
        return common.build().newBuilder().url(url);
    }

    private HttpUrl url(String id) {
        HttpUrl.Builder url = base.newBuilder();
        for (String segment : id.split("/", -1)) {
            if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
                throw new ArchiveException.Refused("its id has an empty, . or .. segment");
            }
            url.addEncodedPathSegment(encoded(segment));
        }
        return url.build();
    }

    private static String encoded(String segment) {
        StringBuilder text = new StringBuilder();
        for (byte b : utf8(segment)) {
            if (UNRESERVED.indexOf(b) >= 0) {
                text.append((char) b);
            } else {
                text.append(String.format(Locale.ROOT, "%%%02X", b));
            }
        }
        return text.toString();
    }

    private static byte[] utf8(String segment) {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(segment));
            byte[] exact = new byte[bytes.remaining()];
            bytes.get(exact);
            return exact;
        } catch (CharacterCodingException e) {
            throw new ArchiveException.Refused("its id has an unpaired surrogate");
        }
    }
}
