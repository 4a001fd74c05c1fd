package dev.cartd.cli.command;

import dev.cartd.cli.config.FailedException;
import dev.cartd.server.CartdServer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open resources of a command that runs, the server included if there is one. {@link #close} closes them in reverse
 * order, each in its own bounded time.
 */
public final class OpenResources implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OpenResources.class);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private @Nullable CartdServer server;

    /** Has {@link #close} close this resource, and returns it. */
    public <T extends AutoCloseable> T closeLater(T resource) {
        opened.push(resource);
        return resource;
    }

    /** Sets the server, which {@link #close} closes too. */
    public void server(CartdServer started) {
        server = closeLater(started);
    }

    /** The port that the server listens on. */
    public int port() {
        if (server == null) {
            throw new IllegalStateException("no server was started");
        }
        return server.port();
    }

    /** Waits until a signal comes. */
    public void until(StopSignal stop) {
        stop.await();
        LOG.info("stopping; a second signal forces it");
    }

    @Override
    public void close() {
        // A signal interrupts this thread. The interrupt must not cut short the waits of the resources that close.
        boolean interrupted = Thread.interrupted();
        if (server != null) {
            server.drain();
        }
        while (!opened.isEmpty()) {
            close(opened.pop());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            LOG.warn("something could not be closed: {}", FailedException.reason(e), e);
        }
    }
}
