package dev.cartd.server.connection;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.eclipse.jetty.io.Connection;

/**
 * The open connections. When places run short, it closes silent connections, which have no request under way: of the
 * address that has most of them, the one that has been silent for longest. So a client that only opens connections does
 * not lock others out, and no connection in use is closed: a proxy, or many people behind one address, just open
 * another one.
 */
public final class OpenConnections implements Connection.Listener {
    private final int most;
    private final Set<ClientConnection> open = ConcurrentHashMap.newKeySet();

    /**
     * None yet.
     *
     * @param most the maximum number of connections in all
     */
    public OpenConnections(int most) {
        this.most = most;
    }

    @Override
    public void onOpened(Connection connection) {
        if (connection instanceof ClientConnection client) {
            open.add(client);
            if (open.size() > most / 4) {
                makeRoom(client);
            }
        }
    }

    @Override
    public void onClosed(Connection connection) {
        if (connection instanceof ClientConnection client) {
            open.remove(client);
        }
    }

    private void makeRoom(ClientConnection last) {
        Map<InetAddress, List<ClientConnection>> silent = open.stream()
                .filter(client -> client != last && client.isSilent())
                .collect(Collectors.groupingBy(OpenConnections::address));
        silent.values().stream()
                .max(Comparator.comparingInt(List::size))
                .filter(crowd -> crowd.size() > most / 4 || open.size() > most / 4 * 3)
                .flatMap(crowd -> crowd.stream().max(Comparator.comparingLong(ClientConnection::silentNanos)))
                .ifPresent(client -> client.getEndPoint().close());
    }

    private static InetAddress address(ClientConnection client) {
        return client.getEndPoint().getRemoteSocketAddress() instanceof InetSocketAddress inet
                ? inet.getAddress()
                : InetAddress.getLoopbackAddress();
    }
}
