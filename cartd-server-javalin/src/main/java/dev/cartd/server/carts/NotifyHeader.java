package dev.cartd.server.carts;

import dev.cartd.server.http.HeaderText;
import dev.cartd.server.http.Refused;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpStatus;

/** Parses the header with which a client asks to be told of its cart: {@code X-Cartd-Notify: https://…}. */
final class NotifyHeader {
    static final String NAME = "X-Cartd-Notify";

    /** What a URL can have: all else could be read in another way by whoever sends the notice. */
    private static final Pattern FORM =
            Pattern.compile("https://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?(/[!$-;=?-Z_a-z~]{0,1800})?");

    private NotifyHeader() {}

    /**
     * The URL that is to be told; empty if the request has no such header.
     *
     * @param hosts the hosts that are allowed, in lower case, each with its port unless that is 443
     * @throws Refused with 400 if the value is no URL, or has another host
     */
    static Optional<String> of(HttpServletRequest request, Set<String> hosts) {
        List<String> values = Collections.list(request.getHeaders(NAME));
        if (values.isEmpty()) {
            return Optional.empty();
        }
        String asked = String.join(", ", values).strip();
        if (!FORM.matcher(asked).matches()) {
            throw refused(asked, "one URL that begins with https://");
        }
        String host = host(asked);
        if (!hosts.contains(host)) {
            throw refused(
                    host,
                    hosts.isEmpty()
                            ? "none, this server sends no notices to clients"
                            : "a host that [notify] allow_hosts has");
        }
        return Optional.of(asked);
    }

    private static String host(String url) {
        try {
            URI uri = URI.create(url);
            if (uri.getHost() != null) {
                return uri.getRawAuthority().toLowerCase(Locale.ROOT).replaceFirst(":443$", "");
            }
        } catch (IllegalArgumentException e) {
            // As one without a host.
        }
        throw refused(url, "one URL that begins with https://");
    }

    private static Refused refused(String asked, String allowed) {
        return new Refused(
                HttpStatus.BAD_REQUEST_400,
                NAME + ": " + HeaderText.ascii(asked) + " cannot be: allowed is " + allowed);
    }
}
