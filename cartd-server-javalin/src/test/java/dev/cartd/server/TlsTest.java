package dev.cartd.server;

import dev.cartd.cart.Cart.Progress;
import dev.cartd.cart.CartStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TlsTest {
    private static final char[] PASSWORD = "not secret".toCharArray();

    private Path certificate;
    private Path key;
    private Path directory;
    private int made;

    @BeforeEach
    void name(@TempDir Path place) {
        directory = place;
        certificate = place.resolve("certificate.pem");
        key = place.resolve("key.pem");
    }

    private ServerConfig config() {
        return Running.CONFIG.withTls(new ServerConfig.TlsFiles(certificate, key));
    }

    /** A new certificate for this machine, and its key. */
    private KeyStore make(String algorithm) throws Exception {
        Path store = directory.resolve("store-" + made++);
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "x",
                        "-keyalg",
                        algorithm,
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost,ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("keytool.out").toFile())
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        KeyStore loaded = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            loaded.load(in, PASSWORD);
        }
        return loaded;
    }

    private static X509Certificate certificate(KeyStore store) throws GeneralSecurityException {
        return (X509Certificate) Objects.requireNonNull(store.getCertificate("x"));
    }

    private void write(KeyStore store) throws Exception {
        Files.writeString(
                certificate,
                "the chain:\n" + pem("CERTIFICATE", certificate(store).getEncoded()));
        writeKey(store);
    }

    private void writeKey(KeyStore store) throws Exception {
        Key secret = Objects.requireNonNull(store.getKey("x", PASSWORD));
        Files.writeString(key, pem("PRIVATE KEY", secret.getEncoded()));
    }

    private static String pem(String what, byte[] bytes) {
        return "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes) + "\n-----END " + what + "-----\n";
    }

    private static SSLContext trusting(Certificate... trusted) throws Exception {
        KeyStore anchors = KeyStore.getInstance("PKCS12");
        anchors.load(null, null);
        for (int i = 0; i < trusted.length; i++) {
            anchors.setCertificateEntry("x" + i, trusted[i]);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(anchors);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), new SecureRandom());
        return context;
    }

    private static HttpResponse<String> get(Running running, SSLContext context, String target, String... headers)
            throws Exception {
        HttpClient client = HttpClient.newBuilder().sslContext(context).build();
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + running.server.port() + target));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** The number of the certificate that a new connection is shown. */
    private static BigInteger shown(Running running, SSLContext context) throws IOException {
        try (SSLSocket socket = (SSLSocket)
                context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), running.server.port())) {
            socket.startHandshake();
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA", "Ed25519"})
    void servesOverTls(String algorithm) throws Exception {
        KeyStore store = make(algorithm);
        write(store);
        try (Running running = new Running(config())) {
            FakeBundle bundle = running.carts.ready("tar", FakeBundle.of(3_000_000));
            running.carts.put("cart", CartStatus.STAGING, "", new Progress(2, 1, 10, 5));
            SSLContext context = trusting(certificate(store));
            assertThat(get(running, context, "/cart").statusCode()).isEqualTo(202);
            running.carts.ready("broken", FakeBundle.of(3_000_000).failingAt(1_000_000));
            assertThatThrownBy(() -> get(running, context, "/broken")).isInstanceOf(IOException.class);
            HttpResponse<String> tar = get(running, context, "/tar");
            assertThat(tar.statusCode()).isEqualTo(200);
            assertThat(tar.headers().firstValueAsLong("Content-Length")).hasValue(bundle.length());
            try (SSLSocket socket = (SSLSocket)
                    context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), running.server.port())) {
                socket.setEnabledProtocols(new String[] {"TLSv1.2"});
                socket.startHandshake();
                socket.getOutputStream()
                        .write(Running.request("HEAD", "/cart", "Connection: close")
                                .concat("\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                        .startsWith("HTTP/1.1 204 ");
            }
        }
    }

    @Test
    void whoDoesNotTrustOrSpeakTlsGetsNothing() throws Exception {
        write(make("EC"));
        try (Running running = new Running(config())) {
            SSLContext other = trusting(certificate(make("EC")));
            assertThatThrownBy(() -> get(running, other, "/")).isInstanceOf(SSLHandshakeException.class);
            try (Wire wire = running.connect()) {
                wire.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n").hush();
                assertThat(new String(wire.rest(), StandardCharsets.ISO_8859_1)).doesNotContain("HTTP/1.1 200");
            }
        }
    }

    @Test
    void aNewCertificateIsUsedOnceItsKeyIsThere() throws Exception {
        KeyStore first = make("EC");
        KeyStore second = make("EC");
        write(first);
        try (Running running = new Running(config());
                Logged logged = new Logged()) {
            SSLContext context = trusting(certificate(first), certificate(second));
            assertThat(shown(running, context)).isEqualTo(certificate(first).getSerialNumber());
            Files.writeString(
                    certificate, pem("CERTIFICATE", certificate(second).getEncoded()));
            Running.soon().untilAsserted(() -> {
                assertThat(shown(running, context)).isEqualTo(certificate(first).getSerialNumber());
                assertThat(logged.lines())
                        .contains("the certificate stays as it was read before: " + key
                                + ": it is not the key of the first certificate in " + certificate);
            });
            writeKey(second);
            Running.soon()
                    .untilAsserted(() -> assertThat(shown(running, context))
                            .isEqualTo(certificate(second).getSerialNumber()));
            Files.delete(key);
            Running.soon().untilAsserted(() -> {
                assertThat(shown(running, context))
                        .isEqualTo(certificate(second).getSerialNumber());
                assertThat(logged.lines()).anyMatch(line -> line.endsWith("no such file or directory: " + key));
            });
        }
    }

    @Test
    void aServerThatHasNoCertificateDoesNotStart() throws Exception {
        assertThatThrownBy(() -> new Running(config()).close())
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("cannot serve with TLS: no such file or directory: " + certificate);
        KeyStore store = make("EC");
        write(store);
        for (String wrong : List.of("", "x", "-----BEGIN EC PRIVATE KEY-----\nMHc=\n-----END EC PRIVATE KEY-----")) {
            Files.writeString(key, wrong);
            assertThatThrownBy(() -> new Running(config()).close())
                    .hasMessageContaining("it has no unencrypted key in PKCS #8")
                    .hasMessageContaining(key.toString());
        }
        Files.writeString(key, pem("PRIVATE KEY", "secret bytes".getBytes(StandardCharsets.US_ASCII)));
        assertThatThrownBy(() -> new Running(config()).close()).hasMessageContaining("it is not the key of");
        writeKey(make("RSA"));
        assertThatThrownBy(() -> new Running(config()).close()).hasMessageContaining("it is not the key of");
        Files.writeString(certificate, "nothing");
        assertThatThrownBy(() -> new Running(config()).close()).hasMessageContaining("it has no certificate in PEM");
    }
}
