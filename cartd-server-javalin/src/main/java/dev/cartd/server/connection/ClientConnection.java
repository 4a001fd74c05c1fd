package dev.cartd.server.connection;

import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.internal.HttpConnection;

/** An HTTP connection that accepts any path, and measures how long the parts of a request take. */
public final class ClientConnection extends HttpConnection {
    static final long BODY_RATE = 1000;
    static final long BODY_TIMES = 60;

    private volatile long partStart = System.nanoTime();
    private int requests;
    private int timedRequest = -1;
    private boolean inBody;
    private long bodyBytes;

    private ClientConnection(HttpConfiguration config, Connector connector, EndPoint endPoint) {
        super(config, connector, endPoint);
    }

    /** Makes the connections of a connector whose endpoints are of {@link ClientEndPoint}. */
    public static HttpConnectionFactory factory(HttpConfiguration config) {
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
     * Counts received bytes and returns whether the current part of the request takes too long. The head of a request
     * may take {@code millis} in all. The body, including its chunk framing, must be faster than {@value #BODY_RATE}
     * bytes a second on average, and may take at most {@value #BODY_TIMES} times {@code millis}.
     */
    boolean isLate(int bytes, long millis) {
        HttpParser parser = getParser();
        long now = System.nanoTime();
        if (parser.isStart()) {
            // Empty lines before a request leave the parser at the start; they do not restart the time.
            if (timedRequest != requests) {
                timedRequest = requests;
                partStart = now;
            }
            inBody = false;
        } else if (!parser.inHeaderState() && !inBody) {
            inBody = true;
            partStart = now;
            bodyBytes = 0;
        }
        long took = TimeUnit.NANOSECONDS.toMillis(now - partStart);
        if (!inBody) {
            return took > millis;
        }
        bodyBytes += bytes;
        return took > BODY_TIMES * millis || took > 2 * millis + bodyBytes * 1000 / BODY_RATE;
    }

    /** Whether no request is under way: no complete head was received since the last request. */
    boolean isSilent() {
        HttpParser parser = getParser();
        return parser.isStart() || parser.inHeaderState();
    }

    /** How long the connection has been {@linkplain #isSilent silent}, in nanoseconds. */
    long silentNanos() {
        return System.nanoTime() - partStart;
    }
}
