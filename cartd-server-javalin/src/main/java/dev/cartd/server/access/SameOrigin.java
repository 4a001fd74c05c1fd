package dev.cartd.server.access;

import dev.cartd.server.http.ServerAddress;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;

/** Tells forms of this server's own pages from those of other sites, which a browser sends with its cookies too. */
final class SameOrigin {
    private SameOrigin() {}

    /** Whether the browser says that a page of the server that it asks has sent the request. */
    static boolean sent(HttpServletRequest request) {
        List<String> origins = Collections.list(request.getHeaders("Origin"));
        String host = ServerAddress.host(request);
        return origins.size() == 1
                && (origins.get(0).equalsIgnoreCase("http://" + host)
                        || origins.get(0).equalsIgnoreCase("https://" + host));
    }
}
