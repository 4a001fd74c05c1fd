package dev.cartd.server.connection;

import dev.cartd.system.Network;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;

/**
 * Believes what proxies at known addresses say about the way of a request: the address of its client, and how the
 * client calls this server. From there on the request has that address, and no headers about its way but
 * {@code X-Forwarded-Host} and {@code X-Forwarded-Proto} that are believed. Immutable.
 *
 * <p>Proxies say it by {@code X-Forwarded-For}, {@code -Host} and {@code -Proto}, or by {@code Forwarded} (RFC 7239). A
 * request with both kinds is believed neither: a proxy that writes one of them may pass on what a client wrote into the
 * other.
 */
public final class TrustedProxies implements HttpConfiguration.Customizer {
    private static final String FORWARDED = "Forwarded";
    private static final String FOR = "X-Forwarded-For";
    private static final String HOST = "X-Forwarded-Host";
    private static final String PROTO = "X-Forwarded-Proto";
    private static final List<String> ALL = List.of(FORWARDED, FOR, HOST, PROTO);

    private final List<Network> proxies;

    /** Trusts proxies at these addresses; at none of them, if there are none. */
    public TrustedProxies(List<Network> proxies) {
        this.proxies = List.copyOf(proxies);
    }

    @Override
    public Request customize(Request request, HttpFields.Mutable responseHeaders) {
        HttpFields headers = request.getHeaders();
        if (ALL.stream().noneMatch(headers::contains)
                || !(request.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress peer)) {
            return request;
        }
        return new Believed(request, way(headers, peer.getAddress()));
    }

    /**
     * The way of a request.
     *
     * @param client the address that it came from first, as far as that is known
     * @param host how the client calls this server
     * @param proto the scheme by which it does
     */
    private record Way(InetAddress client, Optional<String> host, Optional<String> proto) {}

    private Way way(HttpFields headers, InetAddress peer) {
        boolean isOneKind = headers.contains(FORWARDED)
                != (headers.contains(FOR) || headers.contains(HOST) || headers.contains(PROTO));
        if (!isOneKind || !isTrusted(peer)) {
            return new Way(peer, Optional.empty(), Optional.empty());
        }
        return headers.contains(FORWARDED) ? standard(values(headers, FORWARDED), peer) : customary(headers, peer);
    }

    private Way customary(HttpFields headers, InetAddress peer) {
        List<InetAddress> hops =
                hops(peer, values(headers, FOR).stream().map(Optional::of).toList());
        return new Way(last(hops), farthest(values(headers, HOST), hops), farthest(values(headers, PROTO), hops));
    }

    /** Some proxies add their value to those of the request, and others replace them: the last ones are believed. */
    private static Optional<String> farthest(List<String> values, List<InetAddress> hops) {
        int believed = Math.max(1, hops.size() - 1);
        return values.isEmpty() ? Optional.empty() : Optional.of(values.get(Math.max(0, values.size() - believed)));
    }

    /** Each proxy adds an element; the one that is farthest away, of those that are believed, knows the most. */
    private Way standard(List<String> elements, InetAddress peer) {
        List<InetAddress> hops = hops(
                peer,
                elements.stream().map(element -> parameter(element, "for")).toList());
        int believed = Math.max(1, hops.size() - 1);
        String element = elements.isEmpty() ? "" : elements.get(elements.size() - believed);
        return new Way(last(hops), parameter(element, "host"), parameter(element, "proto"));
    }

    private static List<String> values(HttpFields headers, String name) {
        return headers.getCSV(name, false);
    }

    private boolean isTrusted(InetAddress address) {
        return proxies.stream().anyMatch(network -> network.contains(address));
    }

    /**
     * The way back from this server: each proxy that is trusted says who sent the request to it.
     *
     * @param senders what the proxies say, that of the last one at the end
     */
    private List<InetAddress> hops(InetAddress peer, List<Optional<String>> senders) {
        List<InetAddress> hops = new ArrayList<>(List.of(peer));
        for (int i = senders.size() - 1; i >= 0 && isTrusted(last(hops)); i--) {
            Optional<InetAddress> sender = senders.get(i).flatMap(TrustedProxies::address);
            if (sender.isEmpty()) {
                break;
            }
            hops.add(sender.get());
        }
        return hops;
    }

    private static InetAddress last(List<InetAddress> hops) {
        return hops.get(hops.size() - 1);
    }

    /** An address with or without a port: 192.0.2.7, 192.0.2.7:80, 2001:db8::7, [2001:db8::7]:80. */
    private static Optional<InetAddress> address(String text) {
        if (text.startsWith("[")) {
            return Network.address(text.substring(1, Math.max(1, text.indexOf(']'))));
        }
        boolean hasPort = text.indexOf(':') == text.lastIndexOf(':');
        return Network.address(hasPort ? text.replaceFirst(":.*", "") : text);
    }

    private static Optional<String> parameter(String element, String name) {
        for (String pair : element.split(";")) {
            String[] parts = pair.split("=", 2);
            if (parts.length == 2 && parts[0].strip().toLowerCase(Locale.ROOT).equals(name)) {
                return Optional.of(parts[1].strip());
            }
        }
        return Optional.empty();
    }

    private static final class Believed extends Request.Wrapper {
        private final HttpFields headers;
        private final ConnectionMetaData connection;

        Believed(Request request, Way way) {
            super(request);
            HttpFields.Mutable changed = HttpFields.build(request.getHeaders());
            ALL.forEach(changed::remove);
            way.host().ifPresent(host -> changed.put(HOST, host));
            way.proto().ifPresent(proto -> changed.put(PROTO, proto));
            headers = changed.asImmutable();
            SocketAddress client = new InetSocketAddress(way.client(), 0);
            connection = new ConnectionMetaData.Wrapper(request.getConnectionMetaData()) {
                @Override
                public SocketAddress getRemoteSocketAddress() {
                    return client;
                }
            };
        }

        @Override
        public HttpFields getHeaders() {
            return headers;
        }

        @Override
        public ConnectionMetaData getConnectionMetaData() {
            return connection;
        }
    }
}
