package dev.cartd.server;

import dev.cartd.Cartd;
import dev.cartd.cart.FailureText;
import dev.cartd.server.carts.Carts;
import dev.cartd.server.carts.LateCarts;
import dev.cartd.server.download.Downloads;
import dev.cartd.server.http.Problems;
import dev.cartd.spi.CartOwners;
import dev.cartd.spi.Notices;
import io.javalin.Javalin;
import io.javalin.util.JavalinException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An HTTP server for a {@link Cartd}. Safe for use by many threads. */
public final class CartdServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CartdServer.class);

    private final ServerConfig config;
    private final Downloads downloads;
    private final GracefulHandler graceful;
    private final Server jetty;
    private final LateCarts carts = new LateCarts();
    private final Routes routes;
    private volatile Optional<Instant> stops = Optional.empty();

    private CartdServer(ServerConfig config) {
        config.accessLog().ifPresent(CartdServer::checkAccessLog);
        Problems problems = new Problems(config.version());
        JettySetup setup = new JettySetup(config, problems);
        this.config = config;
        this.downloads = new Downloads(config.maxDownloads());
        this.graceful = setup.graceful();
        this.routes = new Routes(carts, () -> stops, config, problems, downloads);
        this.jetty = listen(
                Javalin.create(javalin -> {
                    setup.apply(javalin);
                    javalin.routes.before(routes::handle);
                }),
                config);
    }

    /**
     * Starts a server that answers requests for this {@code cartd}. Closing the server does not close {@code cartd}.
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
     * Starts a server that listens, but answers requests for carts with 503 until {@link #serve} is called. So a
     * program can take its address before it starts anything else.
     *
     * @throws UncheckedIOException if the server cannot listen on the address, or cannot write the access log; the
     *     message says which and why
     */
    public static CartdServer bind(ServerConfig config) {
        return new CartdServer(config);
    }

    /**
     * Sets the reason, such as {@code the database}, that the 503 responses before {@link #serve} contain:
     * {@code cartd is starting: it waits for the database}. Has no effect after {@link #serve}.
     */
    public void waitsFor(String what) {
        carts.waitsFor(what);
    }

    /** Answers requests for this {@code cartd} from now on. Closing the server does not close {@code cartd}. */
    public void serve(Cartd cartd) {
        carts.set(Carts.of(cartd));
    }

    /** Answers {@code /-/metrics} with these metrics from now on; until then that path is not there. */
    public void metrics(MetricsText text) {
        routes.metrics(text);
    }

    /**
     * Asks these owners whose carts are whose from now on, and records who asks for carts. Until then a server whose
     * clients need tokens answers a request 503 if it has to ask; other servers never ask.
     */
    public void owners(CartOwners owners) {
        routes.owners(owners);
    }

    /**
     * Records there, from now on, who wants to be told of carts. Until then a request with {@code X-Cartd-Notify} is
     * answered 503, if it may be made at all; see {@link ServerConfig#notifyHosts}.
     */
    public void notices(Notices notices) {
        routes.notices(notices);
    }

    /** The downloads so far. Never waits. */
    public DownloadCounts downloads() {
        return new DownloadCounts(
                downloads.running(),
                downloads.begun(),
                downloads.resumed(),
                downloads.cut(),
                downloads.refused(),
                downloads.sent());
    }

    /** The port on which the server listens, 1 to 65,535; negative if the server is closed. */
    public int port() {
        return ((ServerConnector) jetty.getConnectors()[0]).getLocalPort();
    }

    /**
     * Says at {@code /-/ready}, from now on, that the server stops, and answers all other requests as before: so no
     * balancer sends new clients to a program that is about to end.
     */
    public void drain() {
        stops = stops.or(() -> Optional.of(Instant.now()));
    }

    /**
     * Stops the server and blocks until it is stopped. It accepts no new connections and answers new requests with 503.
     * Running requests and downloads may end within {@link ServerConfig#stopTimeout} and are cut off after that; an
     * interrupt of the calling thread ends the wait. Closing again does nothing.
     */
    @Override
    public synchronized void close() {
        drain();
        if (jetty.isRunning()) {
            // Not waited for, since that includes idle connections, which are closed below.
            var unused = jetty.getConnectors()[0].shutdown();
            routes.close();
            awaitRunning();
            // An interrupt ends the wait above and nothing else: what follows takes little time, and must be done.
            boolean interrupted = Thread.interrupted();
            // Before Jetty closes the connections: that of a download that is cut off must be reset.
            downloads.close();
            stop();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
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
