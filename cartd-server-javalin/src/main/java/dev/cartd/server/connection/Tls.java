package dev.cartd.server.connection;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** TLS 1.2 and 1.3 for the connections of clients. */
public final class Tls {
    private final SSLContext context;
    private final PemKeys keys;

    /**
     * TLS with the certificate and the key in these PEM files, which are read again when they change.
     *
     * @throws IOException if they cannot be read, or do not fit each other; the message names the file
     */
    public Tls(Path certificate, Path key) throws IOException {
        keys = new PemKeys(certificate, key);
        try {
            context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {keys}, null, null);
        } catch (GeneralSecurityException e) {
            throw new IOException("this Java has no TLS", e);
        }
    }

    /** From when on clients take the certificate. */
    public Instant validFrom() {
        return keys.validFrom();
    }

    /** Until when clients take the certificate. */
    public Instant validUntil() {
        return keys.validUntil();
    }

    /** Makes the connections under those of HTTP/1.1. */
    public SslConnectionFactory factory() {
        SslContextFactory.Server server = new SslContextFactory.Server();
        server.setSslContext(context);
        return new SslConnectionFactory(server, HttpVersion.HTTP_1_1.asString());
    }

    /** Has requests know that they came over TLS. */
    public static void describe(HttpConfiguration http) {
        // Without a check of the host: there is one site, whatever name it is called by.
        http.addCustomizer(new SecureRequestCustomizer(false));
    }
}
