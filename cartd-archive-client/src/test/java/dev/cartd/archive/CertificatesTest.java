package dev.cartd.archive;

import dev.cartd.spi.ArchiveException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
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

    @TempDir
    private static Path stores;

    private final Map<String, String> before = new HashMap<>();
    private final MockWebServer server = new MockWebServer();

    @BeforeAll
    static void makeAuthority() throws Exception {
        keytool("-genkeypair -alias ca -keyalg EC -dname CN=ca -ext bc:c -keystore ca.p12");
        keytool("-exportcert -alias ca -file ca.pem -keystore ca.p12");
        keytool("-importcert -noprompt -alias ca -file ca.pem -keystore trusted.p12");
    }

    private static void keytool(String line) throws Exception {
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/keytool"));
        command.addAll(List.of(line.split(" ")));
        command.addAll(List.of("-storepass", PASSWORD));
        Process process = new ProcessBuilder(command)
                .directory(stores.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(line + ": " + said);
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

    /** Has the server show a certificate of the authority for this name, from this day on, for 10 days. */
    private void show(String subject, String from) throws Exception {
        for (String name : new String[] {"server.p12", "server.pem", "server.csr"}) {
            Files.deleteIfExists(stores.resolve(name));
        }
        keytool("-genkeypair -alias server -keyalg EC -dname CN=server -keystore server.p12");
        keytool("-certreq -alias server -file server.csr -keystore server.p12");
        keytool("-gencert -alias ca -infile server.csr -outfile server.pem -startdate " + from
                + " -validity 10 -ext san=" + subject + " -keystore ca.p12");
        keytool("-importcert -noprompt -alias ca -file ca.pem -keystore server.p12");
        keytool("-importcert -noprompt -alias server -file server.pem -keystore server.p12");
        start();
    }

    private void start() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(stores.resolve("server.p12"))) {
            store.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        server.useHttps(context.getSocketFactory());
        server.start();
        server.enqueue(new MockResponse.Builder().code(200).build());
    }

    private void stage() throws IOException {
        try (HttpArchive archive =
                new HttpArchive(URI.create("https://127.0.0.1:" + server.getPort()), Duration.ofSeconds(5), 1)) {
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
        show("ip:127.0.0.1", "-1d");
        assertThatCode(this::stage).doesNotThrowAnyException();
    }

    @Test
    void oneOfAnUnknownAuthority() throws Exception {
        Files.deleteIfExists(stores.resolve("server.p12"));
        keytool("-genkeypair -alias server -keyalg EC -dname CN=server -ext san=ip:127.0.0.1 -keystore server.p12");
        start();
        assertRefusedFor("its certificate is not trusted");
    }

    @Test
    void oneThatHasExpired() throws Exception {
        show("ip:127.0.0.1", "-20d");
        assertRefusedFor("its certificate has expired");
    }

    @Test
    void oneThatIsNotValidYet() throws Exception {
        show("ip:127.0.0.1", "+2d");
        assertRefusedFor("its certificate is not valid yet");
    }

    @Test
    void oneForAnotherHost() throws Exception {
        show("dns:archive.example.org", "-1d");
        assertRefusedFor("its certificate is for another host name");
    }

    @Test
    void aTrustStoreThatCannotBeRead() throws Exception {
        show("ip:127.0.0.1", "-1d");
        Path unseen = Files.copy(stores.resolve("trusted.p12"), stores.resolve("unseen.p12"));
        System.setProperty(TRUST.get(0), unseen.toString());
        System.clearProperty(TRUST.get(1));
        assertRefusedFor("this Java trusts no certificate: is its trust store there, and the password of that right?");
    }

    @Test
    void anArchiveThatSpeaksPlainHttp() throws Exception {
        try (ServerSocket plain = new ServerSocket(0);
                HttpArchive archive = new HttpArchive(
                        URI.create("https://127.0.0.1:" + plain.getLocalPort()), Duration.ofSeconds(5), 1)) {
            CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> answer(plain));
            assertThatThrownBy(() -> archive.stage("id"))
                    .isInstanceOf(ArchiveException.Unreachable.class)
                    .hasMessageEndingWith(": it does not speak TLS: is its URL http:// rather than https://?");
            answered.get(10, TimeUnit.SECONDS);
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
