package dev.cartd.server.connection;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The socket of a client's connection. It tolerates slow clients, but not clients that only hold the connection. */
public final class ClientEndPoint extends SocketChannelEndPoint {
    private static final Logger LOG = LoggerFactory.getLogger(ClientEndPoint.class);

    /** The end point of this channel, as Jetty makes one. */
    public ClientEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler) {
        super(channel, selector, key, scheduler);
    }

    /** Makes the close of the connection a reset, so that the client does not take it for a regular end. */
    public void resetOnClose() {
        try {
            getChannel().setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException | UnsupportedOperationException e) {
            LOG.debug("{} cannot be reset, it is closed: {}", this, e.toString());
        }
    }

    /** Closes a connection whose request comes too slowly; the idle timeout does not, since each byte restarts it. */
    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        int filled = super.fill(buffer);
        if (filled > 0 && http() instanceof ClientConnection http && http.isLate(filled, getIdleTimeout())) {
            LOG.debug("{} took too long to send its request", this);
            close();
            return -1;
        }
        return filled;
    }

    /** The connection of HTTP, which may be above one of TLS. */
    private @Nullable Connection http() {
        Connection connection = getConnection();
        return connection instanceof SslConnection tls ? tls.getSslEndPoint().getConnection() : connection;
    }

    /** The socket below this end point, which may be one of TLS. */
    public static ClientEndPoint below(EndPoint end) {
        return (ClientEndPoint) (end instanceof EndPoint.Wrapper tls ? tls.unwrap() : end);
    }

    /**
     * Tries to write once more before the connection is closed. The kernel reports free space only when a third of its
     * send buffer, which may have megabytes, is free, and a slow reader may take longer for that than the timeout.
     */
    @Override
    protected void onIdleExpired(TimeoutException timeout) {
        getWriteFlusher().completeWrite();
        if (getIdleFor() >= getIdleTimeout()) {
            super.onIdleExpired(timeout);
        }
    }
}
