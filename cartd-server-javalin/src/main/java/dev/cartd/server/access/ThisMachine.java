package dev.cartd.server.access;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.regex.Pattern;

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
     * of HTTP/1.0 are not of this machine: no browser sends them, but proxies that add no header do.
     */
    static boolean sent(HttpServletRequest request) {
        return isLoopback(request.getRemoteAddr())
                && NAMES.matcher(String.valueOf(request.getHeader("Host"))).matches()
                && !request.getProtocol().equals("HTTP/1.0")
                && OF_PROXIES.stream().allMatch(name -> request.getHeader(name) == null);
    }

    private static boolean isLoopback(String address) {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
