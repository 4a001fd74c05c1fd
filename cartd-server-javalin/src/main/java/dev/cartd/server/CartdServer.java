package dev.cartd.server;

import dev.cartd.Cartd;
import dev.cartd.cart.FailureText;
import io.javalin.Javalin;
import io.javalin.util.JavalinException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running HTTP server in front of a {@link Cartd}. Safe for use by many threads. */
public final class CartdServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CartdServer.class);

    private final ServerConfig config;
    private final Downloads downloads;
    private final GracefulHandler graceful;
    private final Server jetty;
    private final LateCarts carts = new LateCarts();

    private CartdServer(ServerConfig config) {
        config.accessLog().ifPresent(CartdServer::checkAccessLog);
        Problems problems = new Problems(config.version());
        JettySetup setup = new JettySetup(config, problems);
        this.config = config;
        this.downloads = new Downloads(config.maxDownloads());
        this.graceful = setup.graceful();
        Routes routes = new Routes(carts, config, problems, downloads);
        this.jetty = listen(
                Javalin.create(javalin -> {
                    setup.apply(javalin);
                    javalin.routes.before(routes::handle);
                }),
                config);
    }

    /**
     * Starts to answer. Closing the server does not close the cartd.
     *
     * @throws UncheckedIOException as {@link #bind}
     */
    public static CartdServer start(Cartd cartd, ServerConfig config) {
        return start(Carts.of(cartd), config);
    }

    static CartdServer start(Carts carts, ServerConfig config) {
        CartdServer server = bind(config);
        server.carts.set(carts);
        return server;
    }

    /**
     * Takes the address before anything else is begun: whoever asks for a cart is answered 503 until {@link #serve}.
     *
     * @throws UncheckedIOException if the address cannot be listened on, or the access log cannot be written; the
     *     message says which and why
     */
    public static CartdServer bind(ServerConfig config) {
        return new CartdServer(config);
    }

    /** Says what a server that is only bound waits for; clients are told. */
    public void waitsFor(String what) {
        carts.waitsFor(what);
    }

    /** Answers from now on for this cartd. Closing the server does not close it. */
    public void serve(Cartd cartd) {
        carts.set(Carts.of(cartd));
    }

    /** The port that it listens on; less than 0 once it is closed. */
    public int port() {
        return ((ServerConnector) jetty.getConnectors()[0]).getLocalPort();
    }

    /**
     * Stops: no connection is accepted any more, new requests are answered 503, running ones and downloads get the
     * configured time to end, and are cut after that. Closing again does nothing.
     */
    @Override
    public synchronized void close() {
        if (jetty.isRunning()) {
            // It would wait for idle connections too; those are closed below.
            var unused = jetty.getConnectors()[0].shutdown();
            awaitRunning();
            // Before the connections are closed: a download that is cut must be reset.
            downloads.close();
            stop();
        }
    }

    private void awaitRunning() {
        try {
            graceful.shutdown().get(config.stopTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warn(
                    "{} requests did not end within {} s, they are cut",
                    graceful.getCurrentRequestCount(),
                    config.stopTimeout().toMillis() / 1000.0);
        } catch (ExecutionException e) {
            LOG.warn("running requests cannot be waited for: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void stop() {
        try {
            jetty.stop();
        } catch (Exception e) {
            LOG.warn("the server did not stop cleanly: {}", e.toString());
        }
    }

    private static Server listen(Javalin javalin, ServerConfig config) {
        try {
            return javalin.start().jettyServer().server();
        } catch (JavalinException e) {
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            String where = config.address() + ":" + config.port();
            throw failed("cannot listen on " + where + ": " + reason(cause), cause);
        }
    }

    private static String reason(Throwable cause) {
        return cause instanceof UnresolvedAddressException
                ? "there is no such address"
                : String.valueOf(cause.getMessage());
    }

    private static void checkAccessLog(Path file) {
        try {
            Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                    .close();
        } catch (IOException e) {
            throw failed("cannot write the access log " + file + ": " + FailureText.withoutName(e), e);
        }
    }

    private static UncheckedIOException failed(String message, Throwable cause) {
        return new UncheckedIOException(message, cause instanceof IOException io ? io : new IOException(cause));
    }
}
