package dev.cartd.cli.notify;

import dev.cartd.system.Network;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.List;
import java.util.stream.Stream;
import javax.net.SocketFactory;

/**
 * Sockets that connect to public addresses, and to those that the operator allows, only. The address is checked when
 * the socket connects to it: so a name that has another address a moment later leads nowhere else.
 */
public final class GuardedSockets extends SocketFactory {
    /** All that is not for everybody: this machine, private networks, neighbours, groups, and ways around these. */
    private static final List<Network> NOT_PUBLIC = Stream.of(
                    "0.0.0.0/8",
                    "10.0.0.0/8",
                    "100.64.0.0/10",
                    "127.0.0.0/8",
                    "169.254.0.0/16",
                    "172.16.0.0/12",
                    "192.0.0.0/24",
                    "192.168.0.0/16",
                    "198.18.0.0/15",
                    "224.0.0.0/3",
                    "::/96",
                    "64:ff9b::/32",
                    "100::/64",
                    "2001::/32",
                    "2002::/16",
                    "fc00::/7",
                    "fe80::/9",
                    "ff00::/8")
            .map(Network::of)
            .toList();

    private final List<Network> allowed;

    /** @param allowed addresses that may be connected to although they are not public */
    public GuardedSockets(List<Network> allowed) {
        this.allowed = List.copyOf(allowed);
    }

    /** Whether a socket may connect to this address. */
    public boolean allows(InetAddress address) {
        return allowed.stream().anyMatch(network -> network.contains(address))
                || NOT_PUBLIC.stream().noneMatch(network -> network.contains(address));
    }

    @Override
    public Socket createSocket() {
        return new Socket() {
            @Override
            public void connect(SocketAddress to, int timeout) throws IOException {
                if (!(to instanceof InetSocketAddress address)
                        || address.getAddress() == null
                        || !allows(address.getAddress())) {
                    throw new SocketException(
                            to + " is no public address: [notify] allow_networks can allow its network");
                }
                super.connect(to, timeout);
            }
        };
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        throw unused();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
        throw unused();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        throw unused();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
        throw unused();
    }

    private static SocketException unused() {
        return new SocketException("only connect checks the address");
    }
}
