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

/** A connection that speaks HTTP: passes any path on, and knows how long the parts of a request have been coming. */
final class ClientConnection extends HttpConnection {
    static final long BODY_RATE = 1000;
    static final long BODY_TIMES = 60;

    private volatile long since = System.nanoTime();
    private int requests;
    private int begun = -1;
    private boolean inBody;
    private long bodyBytes;

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
        requests++;
        return super.newHttpStream(method, RawPath.shield(uri), version);
    }

    /**
     * Takes note of bytes that came, and whether what they belong to has taken too long: the head of a request may take
     * {@code millis}, however it drips. Its body must on the whole come faster than {@value #BODY_RATE} bytes a second,
     * what encloses its content included, and may take {@value #BODY_TIMES} times {@code millis} at the most.
     */
    boolean isLate(int bytes, long millis) {
        HttpParser parser = getParser();
        long now = System.nanoTime();
        if (parser.isStart()) {
            // Empty lines before a request leave the parser where it is: they do not begin anew.
            if (begun != requests) {
                begun = requests;
                since = now;
            }
            inBody = false;
        } else if (!parser.inHeaderState() && !inBody) {
            inBody = true;
            since = now;
            bodyBytes = 0;
        }
        long took = TimeUnit.NANOSECONDS.toMillis(now - since);
        if (!inBody) {
            return took > millis;
        }
        bodyBytes += bytes;
        return took > BODY_TIMES * millis || took > 2 * millis + bodyBytes * 1000 / BODY_RATE;
    }

    /** Whether no request is under way: none has come whole. */
    boolean isSilent() {
        HttpParser parser = getParser();
        return parser.isStart() || parser.inHeaderState();
    }

    /** For how long it has been silent, if it is. */
    long silentNanos() {
        return System.nanoTime() - since;
    }
}
