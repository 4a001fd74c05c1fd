package dev.cartd.server;

import ch.qos.logback.classic.Level;
import dev.cartd.HostileInputs;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartRequest.Item;
import dev.cartd.system.Network;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

/** Whom the server believes from where a request comes, and how its client calls the server. */
class TrustedProxiesTest {
    private static final List<Network> PROXIES = List.of(Network.of("127.0.0.0/8"), Network.of("10.0.0.0/8"));
    private static final Pattern URL = Pattern.compile("<url>(https?://[^/<]+)/");

    @TempDir
    private Path directory;

    private Path log() {
        return directory.resolve("access.log");
    }

    private Serving behind(List<Network> proxies) {
        return started(Running.logging(log()).withTrustedProxies(proxies));
    }

    private Serving started(ServerConfig config) {
        Serving serving = Serving.idle(directory.resolve("volume"), config);
        Item file = Item.of("a", "a", "md5", "d41d8cd98f00b204e9800998ecf8427e");
        serving.cartd.submit(new CartRequest("cart", false, List.of(file)));
        return serving;
    }

    private static Reply ask(Serving serving, String method, String target, String... headers) throws IOException {
        try (Wire wire = new Wire(serving.server.port())) {
            wire.say(Running.request(method, target, headers) + "Connection: close\r\n\r\n");
            return method.equals("HEAD") ? wire.headReply() : wire.reply();
        }
    }

    /** The address of the client of a request with these headers, as the access log has it. */
    private String client(Serving serving, String... headers) throws IOException {
        String marked = "/seen" + System.nanoTime();
        ask(serving, "HEAD", marked, headers);
        String[] found = new String[1];
        Running.soon().until(() -> {
            found[0] = Files.readString(log())
                    .lines()
                    .filter(line -> line.contains(marked + " "))
                    .map(line -> line.split(" ")[0])
                    .findFirst()
                    .orElse("");
            return !found[0].isEmpty();
        });
        return found[0];
    }

    /** How the client calls the server, as the Metalink document of the cart has it. */
    private static String server(Serving serving, String... headers) throws IOException {
        Matcher url = URL.matcher(
                ask(serving, "GET", "/-/carts/cart/metalink", headers).text());
        return url.find() ? url.group(1) : "";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "X-Forwarded-For: 192.0.2.7                                      | 192.0.2.7",
                "X-Forwarded-For: 192.0.2.7:4711                                 | 192.0.2.7",
                "X-Forwarded-For: 2001:db8::7                                    | [2001:db8:0:0:0:0:0:7]",
                "X-Forwarded-For: [2001:db8::7]:80                               | [2001:db8:0:0:0:0:0:7]",
                "X-Forwarded-For: 203.0.113.5, 192.0.2.7                         | 192.0.2.7",
                "X-Forwarded-For: 203.0.113.5, 192.0.2.7, 10.1.2.3               | 192.0.2.7",
                "X-Forwarded-For: 10.9.9.9, 10.1.2.3                             | 10.9.9.9",
                "X-Forwarded-For: 192.0.2.7, unknown                             | 127.0.0.1",
                "X-Forwarded-For: 192.0.2.7, localhost                           | 127.0.0.1",
                "X-Forwarded-For: 192.0.2.7 - root [                             | 127.0.0.1",
                "X-Forwarded-For:                                                | 127.0.0.1",
                "Forwarded: for=192.0.2.7                                        | 192.0.2.7",
                "Forwarded: For=\"[2001:db8::7]:80\";proto=https                 | [2001:db8:0:0:0:0:0:7]",
                "Forwarded: for=203.0.113.5, for=192.0.2.7;by=10.0.0.1           | 192.0.2.7",
                "Forwarded: for=192.0.2.7, for=10.1.2.3                          | 192.0.2.7",
                "Forwarded: for=_hidden, for=10.1.2.3                            | 10.1.2.3",
                "Forwarded: ,                                                    | 127.0.0.1",
                "X-Real-IP: 192.0.2.7                                            | 127.0.0.1"
            })
    void aTrustedProxySaysWhoTheClientIs(String header, String client) throws IOException {
        try (Serving serving = behind(PROXIES)) {
            assertThat(client(serving, header)).isEqualTo(client);
        }
    }

    @Test
    void severalLinesAreOneList() throws IOException {
        try (Serving serving = behind(PROXIES)) {
            assertThat(client(serving, "X-Forwarded-For: 203.0.113.5", "X-Forwarded-For: 192.0.2.7, 10.1.2.3"))
                    .isEqualTo("192.0.2.7");
        }
    }

    @Test
    void nobodyElseIsBelievedAnything() throws IOException {
        for (List<Network> proxies : List.of(List.<Network>of(), List.of(Network.of("192.0.2.0/24")))) {
            try (Serving serving = behind(proxies)) {
                assertThat(client(serving, "X-Forwarded-For: 192.0.2.7")).isEqualTo("127.0.0.1");
                assertThat(client(serving, "Forwarded: for=192.0.2.7")).isEqualTo("127.0.0.1");
                assertThat(server(serving, "X-Forwarded-Host: evil.example.org", "X-Forwarded-Proto: https"))
                        .isEqualTo("http://cartd");
                assertThat(server(serving, "Forwarded: host=evil.example.org;proto=https"))
                        .isEqualTo("http://cartd");
            }
        }
    }

    @Test
    void aTrustedProxySaysHowTheClientCallsTheServer() throws IOException {
        try (Serving serving = behind(PROXIES)) {
            assertThat(server(serving, "X-Forwarded-Host: data.example.org", "X-Forwarded-Proto: https"))
                    .isEqualTo("https://data.example.org");
            assertThat(server(serving, "Forwarded: for=192.0.2.7;host=\"data.example.org:8443\";proto=https"))
                    .isEqualTo("https://data.example.org:8443");
            assertThat(server(
                            serving,
                            "Forwarded: for=1.1.1.1;host=evil.example.org, for=192.0.2.7;host=data.example.org,"
                                    + " for=10.1.2.3;host=inner"))
                    .isEqualTo("http://data.example.org");
        }
    }

    /** A proxy that writes one kind may pass on what a client wrote into the other. */
    @Test
    void whoSaysBothIsBelievedNeither() throws IOException {
        try (Serving serving = behind(PROXIES)) {
            String[] both = {"Forwarded: for=192.0.2.7;host=evil.example.org", "X-Forwarded-For: 192.0.2.8"};
            assertThat(client(serving, both)).isEqualTo("127.0.0.1");
            assertThat(server(serving, both)).isEqualTo("http://cartd");
        }
    }

    @Test
    void withoutTheSettingAllIsAsBefore() throws IOException {
        try (Serving serving = started(Running.logging(log()))) {
            assertThat(client(serving, "X-Forwarded-For: 192.0.2.7")).isEqualTo("127.0.0.1");
            assertThat(server(serving, "X-Forwarded-Host: data.example.org", "X-Forwarded-Proto: https"))
                    .isEqualTo("https://data.example.org");
        }
    }

    @Test
    void theClientIsInTheAuditFileToo() throws IOException {
        try (Logged logged = new Logged(Level.INFO);
                Serving serving = behind(PROXIES)) {
            assertThat(ask(serving, "DELETE", "/cart", "X-Forwarded-For: 192.0.2.7")
                            .status())
                    .isEqualTo(200);
            assertThat(logged.lines()).contains("the carts of cart are deleted, as a client asked (192.0.2.7)");
        }
    }

    @Test
    void noHeaderDoesHarm() throws IOException {
        try (Serving serving = behind(PROXIES);
                Wire wire = new Wire(serving.server.port())) {
            HostileInputs.fewBytes(
                    List.of(
                            "for=\"[2001:db8::7]:80\";proto=https;host=a, for=10.1.2.3",
                            "192.0.2.7, [::1]:80, 10.1.2.3"),
                    bytes -> {
                        String text = new String(bytes, StandardCharsets.ISO_8859_1).replaceAll("[^\\t -~]", "?");
                        String cut = text.substring(0, Math.min(4000, text.length()));
                        for (String name : List.of("Forwarded", "X-Forwarded-For")) {
                            wire.say(Running.request("HEAD", "/cart", name + ": " + cut) + "\r\n");
                            assertThat(wire.headReply().status()).isEqualTo(202);
                        }
                    });
        }
    }

    /** By the very lines of docs/operating.md. */
    @Test
    void nginxSaysWhoTheClientIs() throws Exception {
        String lines = Pattern.compile("(?m)^ *proxy_set_header (X-Forwarded-\\w+|Forwarded) .*$")
                .matcher(document())
                .results()
                .map(found -> found.group().replaceAll("#.*", ""))
                .reduce("", (all, line) -> all + line + "\n");
        assertThat(lines).contains("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded \"\"");
        int port = freePort();
        try (Serving serving = behind(PROXIES)) {
            StringBuilder paths = new StringBuilder();
            for (String use : new String[] {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
                paths.append(use)
                        .append("_temp_path ")
                        .append(directory.resolve(use))
                        .append(";\n");
            }
            Files.writeString(
                    directory.resolve("proxy.conf"),
                    "daemon off;\npid " + directory + "/nginx.pid;\nevents {}\nhttp {\naccess_log off;\n" + paths
                            + "server {\nlisten 127.0.0.1:" + port + ";\nlocation / {\nproxy_pass http://127.0.0.1:"
                            + serving.server.port() + ";\n" + lines + "}}}\n");
            assertSaysWhoTheClientIs(port, "nginx", "-p", directory.toString(), "-e", "nginx.log", "-c", "proxy.conf");
        }
    }

    /** By the very example of docs/operating.md. */
    @Test
    void haproxySaysWhoTheClientIs() throws Exception {
        Matcher example =
                Pattern.compile("```haproxy\n(.*?)```", Pattern.DOTALL).matcher(document());
        assertThat(example.find()).isTrue();
        int port = freePort();
        try (Serving serving = behind(PROXIES)) {
            String config = example.group(1)
                    .replace("bind :80", "bind 127.0.0.1:" + port)
                    .replace("node1.example.org:8081", "127.0.0.1:" + serving.server.port());
            assertThat(config).contains("127.0.0.1:" + port, "127.0.0.1:" + serving.server.port());
            Files.writeString(directory.resolve("proxy.conf"), config);
            assertSaysWhoTheClientIs(
                    port,
                    "haproxy",
                    "-db",
                    "-f",
                    directory.resolve("proxy.conf").toString());
        }
    }

    private void assertSaysWhoTheClientIs(int port, String... command) throws Exception {
        Process proxy;
        try {
            proxy = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("proxy.out").toFile())
                    .start();
        } catch (IOException e) {
            System.err.println("SKIPPED: a test of TrustedProxiesTest, since there is no " + command[0] + " (Debian:"
                    + " apt install nginx-light haproxy)");
            proxy = abort("there is no " + command[0]);
        }
        try {
            // The proxy connects from 127.0.0.1; its client is at another address of this machine.
            Process curl = new ProcessBuilder(
                            "curl",
                            "-s",
                            "--retry",
                            "20",
                            "--retry-connrefused",
                            "--retry-delay",
                            "1",
                            "--interface",
                            "127.0.0.9",
                            "-H",
                            "X-Forwarded-For: 203.0.113.5",
                            "-H",
                            "Forwarded: for=203.0.113.5",
                            "http://127.0.0.1:" + port + "/-/carts/cart/metalink")
                    .start();
            assertThat(new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .as(Files.readString(directory.resolve("proxy.out")))
                    .contains("<url>http://127.0.0.1:" + port + "/");
            Running.soon()
                    .untilAsserted(() -> assertThat(Files.readString(log()).lines())
                            .anyMatch(line -> line.startsWith("127.0.0.9 ") && line.contains("/metalink")));
            assertThat(Files.readString(log())).doesNotContain("203.0.113.5");
        } finally {
            proxy.destroy();
            proxy.waitFor();
        }
    }

    private static String document() throws IOException {
        return Files.readString(Path.of("../docs/operating.md"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }
}
