package dev.cartd.server;

import dev.cartd.cart.FailureText;
import dev.cartd.server.connection.ClientConnection;
import dev.cartd.server.connection.ClientEndPoint;
import dev.cartd.server.connection.OpenConnections;
import dev.cartd.server.connection.Tls;
import dev.cartd.server.connection.TrustedProxies;
import dev.cartd.server.download.BundleSender;
import dev.cartd.server.http.ErrorPages;
import dev.cartd.server.http.Problems;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Optional;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.AsyncRequestLogWriter;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.CustomRequestLog;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.LowResourceMonitor;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Configures Jetty and Javalin: which requests reach the routes, and the limits for connections, threads and headers.
 */
final class JettySetup {
    private static final int HEADERS = 16 * 1024;
    private static final int ANSWER_HEADERS = 64 * 1024;
    private static final int MIN_THREADS = 8;
    private static final int FEWEST_MAX_THREADS = 40;

    private final ServerConfig config;
    private final ErrorPages errorPages;
    private final GracefulHandler graceful = new GracefulHandler();
    private final Optional<Tls> tls;

    /** @throws UncheckedIOException if the certificate or its key cannot be read; the message says why */
    JettySetup(ServerConfig config, Problems problems) {
        this.config = config;
        this.errorPages = new ErrorPages(problems);
        this.tls = config.tls().map(JettySetup::tls);
    }

    private static Tls tls(ServerConfig.TlsFiles files) {
        try {
            return new Tls(files.certificate(), files.key());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot serve with TLS: " + FailureText.of(e), e);
        }
    }

    /** Counts the requests that are being answered, and refuses new ones once it is shut down. */
    GracefulHandler graceful() {
        return graceful;
    }

    void apply(JavalinConfig javalin) {
        javalin.startup.showJavalinBanner = false;
        javalin.startup.showOldJavalinVersionWarning = false;
        javalin.startup.startupWatcherEnabled = false;
        // Javalin's default has a charset, which would stay when another type replaces it.
        javalin.http.defaultContentType = BundleSender.TAR;
        // Without Content-Encoding: clients read the raw bytes of a tar.
        javalin.http.compressionStrategy = CompressionStrategy.NONE;
        int threads = Math.max(config.threads(), FEWEST_MAX_THREADS);
        QueuedThreadPool pool = new QueuedThreadPool(threads, MIN_THREADS);
        pool.setName("cartd-http");
        javalin.jetty.threadPool = pool;
        javalin.jetty.modifyServer(this::server);
        javalin.jetty.modifyServletContextHandler(this::context);
        javalin.jetty.modifyHttpConfiguration(this::http);
        javalin.jetty.addConnector(this::connector);
    }

    private void server(Server server) {
        // Jetty's monitor would close connections of slow readers after a second whenever the threads are busy.
        server.getBeans(LowResourceMonitor.class).forEach(server::removeBean);
        server.insertHandler(graceful);
        server.setErrorHandler(errorPages);
        server.addBean(new NetworkConnectionLimit(config.connections(), server));
        config.accessLog().ifPresent(file -> server.setRequestLog(requestLog(file)));
    }

    private static CustomRequestLog requestLog(Path file) {
        AsyncRequestLogWriter writer = new AsyncRequestLogWriter(file.toString());
        writer.setAppend(true);
        // The operator rotates the file.
        writer.setRetainDays(0);
        return new CustomRequestLog(new LinkFreeLog(writer), CustomRequestLog.EXTENDED_NCSA_FORMAT);
    }

    private void context(ServletContextHandler context) {
        context.setErrorHandler(errorPages);
        context.getServletHandler().setDecodeAmbiguousURIs(true);
    }

    private void http(HttpConfiguration http) {
        config.trustedProxies().map(TrustedProxies::new).ifPresent(http::addCustomizer);
        // Uids of Pacifica Cartd can be any text; the routes read the path as it was sent.
        http.setUriCompliance(UriCompliance.UNSAFE);
        // A proxy's absolute-form target wins over the Host header, as RFC 9112 has it.
        http.setHttpCompliance(HttpCompliance.RFC7230.with("cartd", HttpCompliance.Violation.MISMATCHED_AUTHORITY));
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(HEADERS);
        http.setMaxResponseHeaderSize(ANSWER_HEADERS);
    }

    private ServerConnector connector(Server server, HttpConfiguration http) {
        HttpConnectionFactory plain = ClientConnection.factory(http);
        tls.ifPresent(secured -> Tls.describe(http));
        ConnectionFactory[] layers = tls.map(secured -> new ConnectionFactory[] {secured.factory(), plain})
                .orElseGet(() -> new ConnectionFactory[] {plain});
        ServerConnector connector = new ServerConnector(server, layers) {
            @Override
            protected SocketChannelEndPoint newEndPoint(
                    SocketChannel channel, ManagedSelector selector, SelectionKey key) {
                ClientEndPoint client = new ClientEndPoint(channel, selector, key, getScheduler());
                client.setIdleTimeout(getIdleTimeout());
                return client;
            }
        };
        connector.addBean(new OpenConnections(config.connections()));
        connector.setHost(config.address());
        connector.setPort(config.port());
        connector.setIdleTimeout(config.idleTimeout().toMillis());
        // Jetty would otherwise close slow readers as idle connections when a stop begins; idle ones are closed at its
        // end.
        connector.setShutdownIdleTimeout(config.idleTimeout().toMillis());
        return connector;
    }
}
