package dev.cartd.server.access;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.regex.Pattern;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;

/** Tells requests of this machine, which are all that an admin without a token can send, from all others. */
final class ThisMachine {
    /** What loopback is called. A name of its own could be made to point here, by whoever owns it. */
    private static final Pattern NAMES =
            Pattern.compile("(?i:localhost|127(\\.[0-9]{1,3}){3}|\\[(::1|0:0:0:0:0:0:0:1)])(:[0-9]{1,5})?");

    /** What proxies add: they bring requests from elsewhere to loopback. */
    private static final List<String> OF_PROXIES =
            List.of("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via");

    private ThisMachine() {}

    /**
     * Whether the request comes from loopback and asks for loopback, and no proxy says that it passed it on. Requests
     * of HTTP/1.0 are not of this machine: no browser sends them, but proxies that add no header do. A proxy on this
     * machine that speaks HTTP/1.1, adds none of these headers and asks for loopback is not told apart.
     */
    static boolean sent(HttpServletRequest request) {
        // As it came: what trusted proxies say of its way is taken out of the other.
        Request came = Request.unWrap(ServletContextRequest.getServletContextRequest(request));
        return came.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress peer
                && peer.getAddress().isLoopbackAddress()
                && NAMES.matcher(String.valueOf(came.getHeaders().get("Host"))).matches()
                && came.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_1_0
                && OF_PROXIES.stream().noneMatch(came.getHeaders()::contains);
    }
}
