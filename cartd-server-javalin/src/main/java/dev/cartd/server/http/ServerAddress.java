package dev.cartd.server.http;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How the client, or the proxy before this server, calls this server. */
public final class ServerAddress {
    private static final Pattern HOST =
            Pattern.compile("([A-Za-z0-9._-]{1,255}|\\[[0-9A-Fa-f:.]{1,45}])(:[0-9]{1,5})?");

    private ServerAddress() {}

    /** The scheme and the host, such as {@code https://example.org}; empty if the request has none that can be. */
    public static Optional<String> of(HttpServletRequest request) {
        String host = host(request);
        String scheme = first(request, "X-Forwarded-Proto", request.getScheme());
        boolean isOne = HOST.matcher(host).matches() && (scheme.equals("http") || scheme.equals("https"));
        return isOne ? Optional.of(scheme + "://" + host) : Optional.empty();
    }

    /** The host as the request names it, which may be any text; empty if the request has none. */
    public static String host(HttpServletRequest request) {
        return first(request, "X-Forwarded-Host", request.getHeader("Host"));
    }

    private static String first(HttpServletRequest request, String name, @Nullable String otherwise) {
        String value = request.getHeader(name);
        String text = value == null ? otherwise : value.split(",", 2)[0].strip();
        return text == null ? "" : text;
    }
}
