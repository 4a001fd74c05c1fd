package dev.cartd.server;

import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.internal.HttpConnection;

/** A connection that speaks HTTP: passes any path on, and knows how long the headers of a request have been coming. */
final class ClientConnection extends HttpConnection {
    private volatile long headersBegun = System.nanoTime();

    private ClientConnection(HttpConfiguration config, Connector connector, EndPoint endPoint) {
        super(config, connector, endPoint);
    }

    static HttpConnectionFactory factory(HttpConfiguration config) {
        return new HttpConnectionFactory(config) {
            @Override
            public Connection newConnection(Connector connector, EndPoint endPoint) {
                return configure(new ClientConnection(config, connector, endPoint), connector, endPoint);
            }
        };
    }

    @Override
    protected HttpStreamOverHTTP1 newHttpStream(String method, String uri, HttpVersion version) {
        return super.newHttpStream(method, RawPath.shield(uri), version);
    }

    /** Whether the headers of one request have been coming for longer than this; to be asked whenever bytes come. */
    boolean headersTake(long millis) {
        HttpParser parser = getParser();
        if (parser.isStart() || !parser.inHeaderState()) {
            headersBegun = System.nanoTime();
        }
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - headersBegun) > millis;
    }
}
