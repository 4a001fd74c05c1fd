package dev.cartd.archive.pacifica;

import dev.cartd.spi.ArchiveException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Java's own properties for proxies lead the requests; nothing resolves the archive's name here. */
class ProxyTest {
    private static final List<String> PROPERTIES =
            List.of("http.proxyHost", "http.proxyPort", "https.proxyHost", "https.proxyPort");

    private final MockWebServer proxy = new MockWebServer();

    @BeforeEach
    void start() throws IOException {
        proxy.start();
        for (String name : PROPERTIES) {
            System.setProperty(name, name.endsWith("Host") ? proxy.getHostName() : Integer.toString(proxy.getPort()));
        }
    }

    @AfterEach
    void stop() {
        PROPERTIES.forEach(System::clearProperty);
        proxy.close();
    }

    @Test
    void requestsGoThroughTheProxy() throws Exception {
        proxy.enqueue(new MockResponse.Builder()
                .code(204)
                .addHeader("X-Content-Length: 24")
                .addHeader("Last-Modified: 0.0")
                .addHeader("X-Pacifica-File-Storage-Media: disk")
                .build());
        try (PacificaArchive archive = archive("http://archive.invalid:8080/")) {
            archive.status("x");
        }
        assertThat(proxy.takeRequest().getRequestLine()).isEqualTo("HEAD http://archive.invalid:8080/x HTTP/1.1");
    }

    @Test
    void aProxyIsAskedToConnectForEncryptedOnes() throws Exception {
        proxy.enqueue(new MockResponse.Builder().code(403).inTunnel().build());
        proxy.enqueue(new MockResponse.Builder().code(403).inTunnel().build());
        try (PacificaArchive archive = archive("https://archive.invalid/")) {
            assertThatThrownBy(() -> archive.status("x")).isInstanceOf(ArchiveException.class);
        }
        assertThat(proxy.takeRequest().getRequestLine()).isEqualTo("CONNECT archive.invalid:443 HTTP/1.1");
    }

    private static PacificaArchive archive(String url) {
        return new PacificaArchive(URI.create(url), Duration.ofSeconds(5), 2);
    }
}
