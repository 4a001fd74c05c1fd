package dev.cartd.cli.command;

import dev.cartd.cli.config.FailedException;
import dev.cartd.server.CartdServer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What runs, a server or only the work, and all that was opened for it. Closes in the opposite order, each in its own
 * bounded time.
 */
public final class OpenResources implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OpenResources.class);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private @Nullable CartdServer server;

    /** Remembers what is to be closed. */
    public <T extends AutoCloseable> T closing(T resource) {
        opened.push(resource);
        return resource;
    }

    /** Remembers the server. */
    public void serving(CartdServer started) {
        server = closing(started);
    }

    /** The port that it listens on. */
    public int port() {
        if (server == null) {
            throw new IllegalStateException("no server was started");
        }
        return server.port();
    }

    /** Lets it run until a signal comes. */
    public void until(StopSignal stop) {
        stop.await();
        LOG.info("stopping; a second signal forces it");
    }

    @Override
    public void close() {
        // An interrupt is how the end was asked for; it must not cut the end short.
        boolean interrupted = Thread.interrupted();
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
            LOG.warn("on the way out: {}", FailedException.reason(e), e);
        }
    }
}
