package dev.cartd.server;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.thread.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client's connection, patient with a slow one and not with one that only holds it. */
final class ClientEndPoint extends SocketChannelEndPoint {
    private static final Logger LOG = LoggerFactory.getLogger(ClientEndPoint.class);

    ClientEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler) {
        super(channel, selector, key, scheduler);
    }

    /** Makes sure that the client sees a reset when the connection is closed, and no clean end. */
    void resetOnClose() {
        try {
            getChannel().setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException | UnsupportedOperationException e) {
            LOG.debug("{} cannot be reset, it is closed: {}", this, e.toString());
        }
    }

    /** Ends a connection whose request drips in: each byte would reset the idle timeout. */
    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        int filled = super.fill(buffer);
        if (filled > 0 && getConnection() instanceof ClientConnection http && http.isLate(filled, getIdleTimeout())) {
            LOG.debug("{} took too long to send its request", this);
            close();
            return -1;
        }
        return filled;
    }

    /**
     * The kernel says that there is room only once a third of its buffer, which may have megabytes, is free. A slow
     * reader can take longer for that than the timeout, so before it is cut the write is tried once more.
     */
    @Override
    protected void onIdleExpired(TimeoutException timeout) {
        getWriteFlusher().completeWrite();
        if (getIdleFor() >= getIdleTimeout()) {
            super.onIdleExpired(timeout);
        }
    }
}
