package dev.cartd.cli.notify;

import dev.cartd.cli.config.Configuration;
import dev.cartd.spi.Notice;
import dev.cartd.system.Network;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Dns;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** URLs of clients, over real TLS. */
class ReceiversTest {
    private static final String TRUSTED = "javax.net.ssl.trustStore";
    private static final String PASSWORD = "not secret";

    @TempDir
    private Path directory;

    private final MockWebServer receiver = new MockWebServer();

    @BeforeEach
    void start() throws Exception {
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        Process made = new ProcessBuilder(
                        (keytool + " -genkeypair -alias x -keyalg EC -dname CN=localhost -ext san=dns:localhost"
                                        + " -storetype PKCS12 -keystore " + store())
                                .split(" "))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (var in = made.outputWriter()) {
            in.write(PASSWORD + "\n" + PASSWORD + "\n");
        }
        assertThat(made.waitFor()).isZero();
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(KeyStore.getInstance(store().toFile(), PASSWORD.toCharArray()), PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        receiver.useHttps(context.getSocketFactory());
        receiver.start(InetAddress.getLoopbackAddress(), 0);
        receiver.enqueue(new MockResponse.Builder().code(200).build());
        Files.writeString(directory.resolve("key"), "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
    }

    @AfterEach
    void stop() {
        System.clearProperty(TRUSTED);
        System.clearProperty(TRUSTED + "Password");
        receiver.close();
    }

    private Path store() {
        return directory.resolve("store");
    }

    private void trust() {
        System.setProperty(TRUSTED, store().toString());
        System.setProperty(TRUSTED + "Password", PASSWORD);
    }

    private void send(String host, String url) throws Exception {
        Configuration.Notify settings = new Configuration.Notify(
                Optional.empty(),
                Set.of(host),
                List.of(Network.of("127.0.0.1"), Network.of("::1")),
                Optional.of(directory.resolve("key")),
                Optional.empty());
        Duration ample = Duration.ofSeconds(30);
        try (Receivers receivers = new Receivers(settings, ample, ample, Dns.SYSTEM)) {
            Notice notice = Example.notice(url, "localhost");
            receivers.send(notice, CloudEvent.of(notice));
        }
    }

    @Test
    void theUrlOfAClientIsTold() throws Exception {
        trust();
        send("localhost:" + receiver.getPort(), "https://localhost:" + receiver.getPort() + "/hook/17?a=b");
        assertThat(receiver.takeRequest().getTarget()).isEqualTo("/hook/17?a=b");
    }

    @Test
    void aCertificateThatNobodyTrustsIsRefused() {
        assertThatThrownBy(() ->
                        send("localhost:" + receiver.getPort(), "https://localhost:" + receiver.getPort() + "/s3cret"))
                .isInstanceOf(IOException.class)
                .message()
                .startsWith("localhost:" + receiver.getPort() + ": ")
                .doesNotContain("s3cret");
        assertThat(receiver.getRequestCount()).isZero();
    }

    @Test
    void onlyAllowedHostsAreTold() {
        trust();
        for (String other : List.of("localhost", "localhost:1", "127.0.0.1:" + receiver.getPort())) {
            assertThatThrownBy(() -> send(other, "https://localhost:" + receiver.getPort() + "/"))
                    .hasMessage("[notify] allow_hosts does not have the host any more");
        }
        assertThatThrownBy(
                        () -> send("localhost:" + receiver.getPort(), "http://localhost:" + receiver.getPort() + "/"))
                .hasMessage("[notify] allow_hosts does not have the host any more");
        assertThat(receiver.getRequestCount()).isZero();
    }
}
