package dev.cartd.archive.pacifica;

import dev.cartd.spi.ArchiveException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is said of an archive whose certificate cannot be accepted: words that an operator can act on. */
class CertificatesTest {
    private static final List<String> TRUST = List.of("javax.net.ssl.trustStore", "javax.net.ssl.trustStorePassword");
    private static final String PASSWORD = "changeit";
    private static final HeldCertificate AUTHORITY = authority();

    @TempDir
    private static Path stores;

    private final Map<String, String> before = new HashMap<>();
    private final MockWebServer server = new MockWebServer();

    private static HeldCertificate authority() {
        return new HeldCertificate.Builder()
                .commonName("ca")
                .certificateAuthority(0)
                .build();
    }

    @BeforeAll
    static void trustTheAuthority() throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", AUTHORITY.certificate());
        try (OutputStream out = Files.newOutputStream(stores.resolve("trusted.p12"))) {
            trusted.store(out, PASSWORD.toCharArray());
        }
    }

    @BeforeEach
    void trust() {
        for (String key : TRUST) {
            Optional.ofNullable(System.getProperty(key)).ifPresent(value -> before.put(key, value));
        }
        System.setProperty(TRUST.get(0), stores.resolve("trusted.p12").toString());
        System.setProperty(TRUST.get(1), PASSWORD);
    }

    @AfterEach
    void close() {
        TRUST.forEach(System::clearProperty);
        before.forEach(System::setProperty);
        server.close();
    }

    /** Has the server show a certificate of the authority for this name, from so many days on, for 10 days. */
    private void show(String subject, int days) throws IOException {
        Instant from = Instant.now().plus(Duration.ofDays(days));
        show(new HeldCertificate.Builder()
                .addSubjectAlternativeName(subject)
                .validityInterval(
                        from.toEpochMilli(), from.plus(Duration.ofDays(10)).toEpochMilli())
                .signedBy(AUTHORITY)
                .build());
    }

    private void show(HeldCertificate certificate) throws IOException {
        server.useHttps(new HandshakeCertificates.Builder()
                .heldCertificate(certificate)
                .build()
                .sslSocketFactory());
        server.start();
        server.enqueue(new MockResponse.Builder().code(200).build());
    }

    private void stage() throws IOException {
        try (PacificaArchive archive =
                new PacificaArchive(URI.create("https://127.0.0.1:" + server.getPort()), Duration.ofSeconds(5), 1)) {
            archive.stage("id");
        }
    }

    private void assertRefusedFor(String reason) {
        assertThatThrownBy(this::stage)
                .isInstanceOf(ArchiveException.Unreachable.class)
                .hasMessage("127.0.0.1:" + server.getPort() + ": " + reason);
    }

    @Test
    void oneThatIsTrustedIsAccepted() throws Exception {
        show("127.0.0.1", -1);
        assertThatCode(this::stage).doesNotThrowAnyException();
    }

    @Test
    void oneOfAnUnknownAuthority() throws Exception {
        show(new HeldCertificate.Builder()
                .addSubjectAlternativeName("127.0.0.1")
                .build());
        assertRefusedFor("its certificate is not trusted");
    }

    @Test
    void oneThatHasExpired() throws Exception {
        show("127.0.0.1", -20);
        assertRefusedFor("its certificate has expired");
    }

    @Test
    void oneThatIsNotValidYet() throws Exception {
        show("127.0.0.1", 2);
        assertRefusedFor("its certificate is not valid yet");
    }

    @Test
    void oneForAnotherHost() throws Exception {
        show("archive.example.org", -1);
        assertRefusedFor("its certificate is for another host name");
    }

    @Test
    void aTrustStoreThatCannotBeRead() throws Exception {
        show("127.0.0.1", -1);
        Path unseen = Files.copy(stores.resolve("trusted.p12"), stores.resolve("unseen.p12"));
        System.setProperty(TRUST.get(0), unseen.toString());
        System.clearProperty(TRUST.get(1));
        assertRefusedFor("this Java trusts no certificate: is its trust store there, and the password of that right?");
    }

    @Test
    void anArchiveThatSpeaksPlainHttp() throws Exception {
        try (ServerSocket plain = new ServerSocket(0);
                PacificaArchive archive = new PacificaArchive(
                        URI.create("https://127.0.0.1:" + plain.getLocalPort()), Duration.ofSeconds(5), 1)) {
            CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> answer(plain));
            assertThatThrownBy(() -> archive.stage("id"))
                    .isInstanceOf(ArchiveException.Unreachable.class)
                    .hasMessageEndingWith(": it does not speak TLS: is its URL http:// rather than https://?");
            answered.get(30, TimeUnit.SECONDS);
        }
    }

    private static void answer(ServerSocket plain) {
        try (Socket client = plain.accept()) {
            client.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            client.getInputStream().readAllBytes();
        } catch (IOException e) {
            // The client had enough.
        }
    }
}
