package dev.cartd.archive.http;

import dev.cartd.spi.ArchiveException;
import java.io.IOException;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Follows redirects of GET and HEAD to the data servers of an archive: to its own host, to hosts of the same domain,
 * and to those that the operator trusts, never from TLS to no TLS. User, password and token are only sent to the
 * archive's own host and to trusted ones. Immutable.
 */
public final class Redirects implements Interceptor {
    private static final int MOST = 5;

    private final HttpUrl archive;
    private final Set<String> trusted;

    /** @param trusted names or addresses of hosts, in any case */
    public Redirects(HttpUrl archive, Set<String> trusted) {
        this.archive = archive;
        this.trusted =
                trusted.stream().map(host -> host.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
    }

    /** Whether a token for the archive may be sent to this URL. */
    public boolean isTrusted(HttpUrl url) {
        return isSafe(url) && (url.host().equals(archive.host()) || trusted.contains(url.host()));
    }

    private boolean isSafe(HttpUrl url) {
        return url.isHttps() || !archive.isHttps();
    }

    private boolean isOfSameDomain(HttpUrl url) {
        return Optional.ofNullable(url.topPrivateDomain())
                .filter(domain -> domain.equals(archive.topPrivateDomain()))
                .isPresent();
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        Request request = chain.request();
        Response response = chain.proceed(request);
        for (int followed = 0; response.isRedirect() && isRead(request); followed++) {
            Request next;
            try (Response redirect = response) {
                next = next(request, redirect, followed);
            }
            request = next;
            response = chain.proceed(request);
        }
        return response;
    }

    private static boolean isRead(Request request) {
        return request.method().equals("GET") || request.method().equals("HEAD");
    }

    private Request next(Request request, Response redirect, int followed) {
        if (followed == MOST) {
            throw new ArchiveException.Refused("the archive redirects more than " + MOST + " times");
        }
        HttpUrl url = Optional.ofNullable(redirect.header("Location"))
                .map(location -> request.url().resolve(location))
                .orElseThrow(() -> new ArchiveException.Refused("the archive redirects to nowhere"));
        if (!isSafe(url)) {
            throw new ArchiveException.Refused(
                    "the archive redirects to " + url.host() + " without TLS: cartd does not follow");
        }
        if (!isTrusted(url) && !isOfSameDomain(url)) {
            throw new ArchiveException.Refused("the archive redirects to " + url.host()
                    + ", another domain: if that is one of its servers, add it to trusted_hosts");
        }
        Request.Builder next = request.newBuilder().url(Objects.requireNonNull(url));
        return (isTrusted(url) ? next : next.removeHeader("Authorization")).build();
    }
}
