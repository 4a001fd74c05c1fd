package dev.cartd.cli.notify;

import dev.cartd.spi.Notice;
import dev.cartd.system.Network;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Dns;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Notices over real HTTP. */
class WebhookTest {
    private static final List<Network> HERE = List.of(Network.of("127.0.0.1"));
    private static final Duration AMPLE = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private final MockWebServer receiver = new MockWebServer();
    private Path key;

    @BeforeEach
    void start() throws IOException {
        receiver.start(InetAddress.getLoopbackAddress(), 0);
        key = Files.writeString(directory.resolve("key"), "whsec_" + "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\n");
    }

    @AfterEach
    void stop() {
        receiver.close();
    }

    private Webhook webhook(List<Network> allowed, Duration timeout, Dns dns) {
        return new Webhook(new Signature(key), allowed, timeout, dns, InstantSource.system());
    }

    private void send(List<Network> allowed, Dns dns, String url) throws IOException {
        try (Webhook webhook = webhook(allowed, AMPLE, dns)) {
            Notice notice = Example.notice(Notice.URL, Notice.URL);
            webhook.send(HttpUrl.get(url), notice, CloudEvent.of(notice));
        }
    }

    private String url(String host) {
        return "http://" + host + ":" + receiver.getPort() + "/hook/s3cret?a=b";
    }

    private static Dns always(String address) {
        return host -> List.of(Network.address(address).orElseThrow());
    }

    @Test
    void aNoticeIsACloudEvent() throws Exception {
        receiver.enqueue(new MockResponse.Builder().code(204).build());
        send(HERE, Dns.SYSTEM, url("127.0.0.1"));
        RecordedRequest request = receiver.takeRequest();
        assertThat(request.getMethod()).isEqualTo("POST");
        assertThat(request.getTarget()).isEqualTo("/hook/s3cret?a=b");
        assertThat(request.getHeaders().get("Content-Type")).isEqualTo("application/cloudevents+json");
        assertThat(request.getHeaders().get("webhook-id")).isEqualTo("the-id");
        assertThat(request.getBody().utf8())
                .isEqualTo("{\"specversion\":\"1.0\",\"id\":\"the-id\",\"source\":\"/cartd\","
                        + "\"type\":\"dev.cartd.cart.ready\",\"subject\":\"x\",\"time\":\"2026-11-25T12:00:00.123Z\","
                        + "\"datacontenttype\":\"application/json\",\"data\":{\"uid\":\"x\",\"number\":7,"
                        + "\"event\":\"ready\",\"reason\":\"\",\"files\":3,\"bytes\":42}}");
    }

    /** By the five lines of docs/notices.md, in another language. */
    @Test
    void theSignatureIsRightByIndependentCode() throws Exception {
        Matcher lines = Pattern.compile("```python\n(import base64.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/notices.md")));
        assertThat(lines.find()).isTrue();
        receiver.enqueue(new MockResponse.Builder().code(200).build());
        send(HERE, Dns.SYSTEM, url("127.0.0.1"));
        RecordedRequest request = receiver.takeRequest();
        Files.write(directory.resolve("body"), request.getBody().toByteArray());
        String check = lines.group(1).replace("/etc/cartd/notify-key", key.toString());
        String headers = List.of("webhook-id", "webhook-timestamp", "webhook-signature").stream()
                .map(name -> "'" + name + "': '" + request.getHeaders().get(name) + "', ")
                .reduce("h = {", String::concat);
        String body = "\nbody = open('" + directory.resolve("body") + "', 'rb').read()";
        assertThat(python(headers + "}" + body + "\n" + check)).isZero();
        assertThat(python(headers + "}" + body + " + b' '\n" + check))
                .as("another body")
                .isNotZero();
        assertThat(python(headers + "'webhook-timestamp': '1'}" + body + "\n" + check))
                .isNotZero();
    }

    private int python(String program) throws Exception {
        Path file = Files.writeString(directory.resolve("check.py"), program);
        try {
            Process python = new ProcessBuilder("python3", file.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("check.out").toFile())
                    .start();
            return python.waitFor();
        } catch (IOException e) {
            System.err.println("SKIPPED: WebhookTest.theSignatureIsRightByIndependentCode, there is no python3");
            assumeTrue(false, "there is no python3");
            return 1;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 307, 308})
    void noRedirectIsFollowed(int code) {
        receiver.enqueue(new MockResponse.Builder()
                .code(code)
                .addHeader("Location", url("127.0.0.1"))
                .build());
        assertThatThrownBy(() -> send(HERE, Dns.SYSTEM, url("127.0.0.1")))
                .isInstanceOf(IOException.class)
                .hasMessage("127.0.0.1:" + receiver.getPort() + " answers " + code + ": redirects are not followed");
        assertThat(receiver.getRequestCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 404, 410, 429, 500, 503})
    void whoAnswersOtherwiseDidNotTakeIt(int code) {
        receiver.enqueue(new MockResponse.Builder().code(code).build());
        assertThatThrownBy(() -> send(HERE, Dns.SYSTEM, url("127.0.0.1")))
                .hasMessage("127.0.0.1:" + receiver.getPort() + " answers " + code);
        assertThat(receiver.getRequestCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.1.2.3",
                "0.0.0.0",
                "10.0.0.1",
                "100.64.0.1",
                "169.254.169.254",
                "172.16.0.1",
                "192.168.1.1",
                "224.0.0.1",
                "255.255.255.255",
                "::1",
                "::",
                "::ffff:127.0.0.1",
                "::127.0.0.1",
                "64:ff9b::7f00:1",
                "2002:7f00:1::",
                "fe80::1",
                "fec0::1",
                "fd00:ec2::254",
                "ff02::1"
            })
    void noAddressThatIsNotPublicIsConnectedTo(String address) {
        String literal = address.contains(":") ? "[" + address + "]" : address;
        for (String url : List.of(url(literal), url("hooks.example.org"))) {
            assertThatThrownBy(() -> send(List.of(), always(address), url))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("is no public address: [notify] allow_networks can allow its network");
        }
        assertThat(receiver.getRequestCount()).isZero();
    }

    @Test
    void publicAddressesAreAllowed() throws IOException {
        GuardedSockets sockets = new GuardedSockets(List.of());
        for (String address : List.of("93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:2800:220:1::1")) {
            assertThat(sockets.allows(Network.address(address).orElseThrow()))
                    .as(address)
                    .isTrue();
        }
    }

    /** The name is looked up once, and what was checked is what is connected to. */
    @Test
    void aNameThatChangesItsAddressLeadsNowhereElse() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        Dns rebinding = host -> List.of(Network.address(asked.getAndIncrement() == 0 ? "127.0.0.1" : "127.0.0.2")
                .orElseThrow());
        receiver.enqueue(new MockResponse.Builder().code(200).build());
        send(HERE, rebinding, url("hooks.example.org"));
        assertThat(asked).hasValue(1);
        assertThat(receiver.takeRequest().getHeaders().get("Host")).startsWith("hooks.example.org:");
        assertThatThrownBy(() -> send(HERE, rebinding, url("hooks.example.org")))
                .hasMessageContaining("is no public address");
        assertThat(receiver.getRequestCount()).isEqualTo(1);
    }

    @Test
    void aReceiverThatDoesNotAnswerIsNotWaitedForWithoutEnd() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                Webhook webhook = webhook(HERE, Duration.ofSeconds(2), Dns.SYSTEM)) {
            Notice notice = Example.notice(Notice.URL, Notice.URL);
            HttpUrl url = HttpUrl.get("http://127.0.0.1:" + silent.getLocalPort() + "/s3cret");
            assertThatThrownBy(() -> webhook.send(url, notice, CloudEvent.of(notice)))
                    .hasMessage("127.0.0.1:" + silent.getLocalPort() + " did not answer within 2 s");
        }
    }

    @Test
    void aHugeAnswerIsNotRead() throws Exception {
        receiver.enqueue(new MockResponse.Builder()
                .code(200)
                .body("x".repeat(5_000_000))
                .throttleBody(1000, 1, TimeUnit.SECONDS)
                .build());
        send(HERE, Dns.SYSTEM, url("127.0.0.1"));
        receiver.enqueue(new MockResponse.Builder()
                .code(200)
                .addHeader("a", "x".repeat(1_000_000))
                .build());
        assertThatThrownBy(() -> send(HERE, Dns.SYSTEM, url("127.0.0.1"))).isInstanceOf(IOException.class);
    }

    @Test
    void noMessageHasWhatMayBeSecret() throws Exception {
        int port = receiver.getPort();
        receiver.close();
        assertThatThrownBy(() -> send(HERE, Dns.SYSTEM, "http://127.0.0.1:" + port + "/hook/s3cret"))
                .message()
                .startsWith("127.0.0.1:" + port + ": ")
                .doesNotContain("s3cret");
        Files.writeString(key, "whsec_c2hvcnQgczNjcmV0");
        assertThatThrownBy(() -> send(HERE, Dns.SYSTEM, "http://127.0.0.1:" + port + "/hook"))
                .message()
                .startsWith(key + ": it has no key of 24 to 64 bytes in the form whsec_BASE64: ")
                .doesNotContain("c2hvcnQgczNjcmV0");
        Files.delete(key);
        assertThatThrownBy(() -> send(HERE, Dns.SYSTEM, "http://127.0.0.1:" + port + "/hook"))
                .hasMessage(key + ": it is not there");
    }

    @Test
    void anEventIsAsciiWhateverTheCartIsCalled() {
        String event = CloudEvent.of(Example.notice("ü\n\"\u0000" + "x".repeat(100_000), Notice.URL, Notice.URL));
        assertThat(event).matches("[ -~]*");
        assertThat(event.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(60_000);
    }
}
