package dev.cartd.server;

import ch.qos.logback.classic.Level;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.cartd.cart.Cart.Progress;
import dev.cartd.cart.CartStatus;
import dev.cartd.local.MemoryOwners;
import dev.cartd.local.MemoryStore;
import dev.cartd.system.Network;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Who is let in, and the ways in which somebody may try to get in without a token. */
class AccessTest {
    private static final String BODY =
            "{\"fileids\": [{\"id\": \"a\", \"path\": \"a\", \"hashtype\": \"md5\", \"hashsum\": \"x\"}]}";

    /** What is open, whoever comes; all else is closed. */
    private static final Set<String> OPEN =
            Set.of("/", "/-/health", "/-/ready", "/-/static/{name}", "/-/console/sign-in");

    private static final List<String> METHODS =
            List.of("GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS", "BREW");

    private final NewToken alice = NewToken.of("alice");
    private final NewToken root = NewToken.of("root");
    private Path clients;
    private Path admins;
    private Path accessLog;
    private Running running;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        clients = Files.writeString(directory.resolve("clients"), alice.line());
        admins = Files.writeString(directory.resolve("admins"), root.line());
        accessLog = directory.resolve("access");
        running =
                new Running(Running.logging(accessLog).withClientTokens(clients).withAdminTokens(admins));
        running.server.metrics(accept -> new MetricsText.Page("text/plain", "a 1\n"));
        running.server.owners(new MemoryOwners(new MemoryStore(InstantSource.system())));
        running.carts.put("cart", CartStatus.STAGING, "", new Progress(2, 1, 10, 5));
    }

    @AfterEach
    void stop() {
        running.close();
    }

    private static String bearer(NewToken token) {
        return "Authorization: Bearer " + token.text();
    }

    private static void assertRefused(Reply reply, String what) {
        assertClosed(reply, what);
        assertThat(reply.header("Content-Type")).isEqualTo("application/json");
    }

    private static void assertClosed(Reply reply, String what) {
        assertThat(reply.status()).as(what).isEqualTo(401);
        assertThat(reply.header("WWW-Authenticate")).as(what).startsWith("Bearer realm=\"cartd\"");
    }

    @Test
    void everyRouteIsClosedButThoseThatAreOpen() throws IOException {
        JsonNode paths =
                new JsonMapper().readTree(ApiDescription.of("1").json()).get("paths");
        List<String> targets = new ArrayList<>(
                List.of("/nothing/here", "/-", "/-/carts/", "/-/console", "/-/console/", "/-/console/sign-in", "*"));
        for (String button : List.of("repair", "keep", "release", "evict", "delete", "sign-out", "none")) {
            targets.add("/-/console/" + button);
        }
        paths.fieldNames().forEachRemaining(targets::add);
        assertThat(targets).hasSizeGreaterThan(15).containsAll(OPEN);
        for (String path : targets) {
            String target =
                    path.replace("{uid}", "cart").replace("{path}", "a/b").replace("{name}", "cart.css");
            for (String method : METHODS) {
                Reply reply = running.ask(method, target);
                String what = method + " " + target;
                if (OPEN.contains(path)) {
                    assertThat(reply.status()).as(what).isIn(200, 404, 405, 415, 503);
                } else {
                    assertRefused(reply, what);
                }
            }
        }
        assertThat(running.carts.carts).containsOnlyKeys("cart");
    }

    @Test
    void aBrowserGetsAPageThatSaysWhatToDo() throws IOException {
        String browser = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        String asked = "Authorization: Bearer wrong-wrong-wrong";
        for (String target : List.of("/cart", "/-/carts/cart/", "/-/carts/cart", "/-/metrics", "/nothing/here")) {
            Reply page = running.ask("GET", target, browser);
            Reply other = running.ask("GET", target);
            assertRefused(other, target);
            assertThat(page.status()).isEqualTo(401);
            assertThat(page.header("WWW-Authenticate")).isEqualTo(other.header("WWW-Authenticate"));
            assertThat(page.header("Content-Type")).isEqualTo("text/html;charset=utf-8");
            assertThat(page.header("Content-Security-Policy")).startsWith("default-src 'none';");
            assertThat(page.header("Cache-Control")).isEqualTo("no-store");
            assertThat(page.text()).contains("<h1 id=\"heading\">You need a link</h1>", "open the whole link");
            assertThat(running.ask("GET", target, browser, asked).text()).doesNotContain("wrong-wrong");
        }
        String link = "1." + "A".repeat(43);
        Reply ended = running.ask("GET", "/-/carts/cart/?link=" + link, browser);
        assertThat(ended.status()).isEqualTo(401);
        assertThat(ended.text()).contains("This link does not work").doesNotContain(link);
        assertRefused(running.ask("POST", "/cart", browser), "a form");
        assertRefused(running.ask("HEAD", "/cart", browser), "HEAD");
        assertRefused(running.ask("GET", "/cart", "Accept: text/html, image/gif, *; q=.2"), "Java");
    }

    @Test
    void whoHasATokenIsLetIn() throws IOException {
        for (NewToken token : List.of(alice, root)) {
            assertThat(running.ask("HEAD", "/cart", bearer(token)).status()).isEqualTo(204);
            assertThat(running.ask("GET", "/cart", "authorization:bearer   " + token.text() + " ")
                            .status())
                    .isEqualTo(202);
            assertThat(running.ask("GET", "/-/metrics", bearer(token)).status()).isEqualTo(200);
            assertThat(running.ask("GET", "/-/openapi.json", bearer(token), "Connection: close")
                            .status())
                    .isEqualTo(200);
            assertThat(running.post("/new", BODY, bearer(token)).status()).isEqualTo(201);
            assertThat(running.ask("DELETE", "/new", bearer(token)).status()).isEqualTo(200);
        }
    }

    @Test
    void oldClientsReadTheirHeadersFromARefusal() throws IOException {
        Reply reply = running.ask("HEAD", "/cart");
        assertRefused(reply, "HEAD");
        assertThat(reply.pacifica())
                .containsExactly("error", "A token is needed: send the header Authorization: Bearer TOKEN");
        assertThat(running.ask("HEAD", "/cart", "Authorization: Bearer wrong").pacifica())
                .containsExactly("error", "The token is none that this server knows");
        assertThat(running.ask("GET", "/cart", "Authorization: Bearer wrong").header("WWW-Authenticate"))
                .isEqualTo("Bearer realm=\"cartd\", error=\"invalid_token\"");
    }

    @Test
    void noOtherHeaderLetsAnybodyIn() throws IOException {
        String token = alice.text();
        String hash = alice.line().split(":", 2)[1];
        for (String header : List.of(
                "Authorization: " + token,
                "Authorization: Bearer",
                "Authorization: Bearer ",
                "Authorization: Bearer" + token,
                "Authorization: Bearer\t" + token,
                "Authorization: Bearer " + token + "x",
                "Authorization: Bearer " + token.substring(1),
                "Authorization: Bearer " + token.toUpperCase(Locale.ROOT),
                "Authorization: Bearer " + token + ", Bearer " + token,
                "Authorization: Bearer " + token + " " + token,
                "Authorization: Bearer \"" + token + "\"",
                "Authorization: Bearer " + hash,
                "Authorization: Bearer sha256:" + hash,
                "Authorization: Bearer alice",
                "Authorization: Bearer " + "x".repeat(8000),
                "Authorization: Basic YWxpY2U6" + token,
                "Authorization: Token " + token,
                "Authorization: Bearer " + token + "\r\nAuthorization: Bearer " + token,
                "Authorization: Basic eA==\r\nAuthorization: Bearer " + token,
                "Authorization: Bearer " + token + "\r\nAuthorization:",
                "Proxy-Authorization: Bearer " + token,
                "X-Authorization: Bearer " + token,
                "Cookie: Authorization=" + token + "; token=" + token,
                "X-Forwarded-User: alice\r\nX-Remote-User: alice\r\nX-Original-URL: /-/health",
                "X-HTTP-Method-Override: GET\r\nX-Rewrite-URL: /-/ready")) {
            assertRefused(running.ask("GET", "/cart", header), header);
        }
        for (String query : List.of("?access_token=", "?token=", "?Authorization=Bearer%20")) {
            assertRefused(running.ask("GET", "/cart" + query + token), query);
        }
    }

    @Test
    void noWayToWriteAPathLeadsPastTheGate() throws IOException {
        for (String target : List.of(
                "//cart",
                "/cart/",
                "/./cart",
                "/../cart",
                "/%2e/cart",
                "/%63art",
                "/cart;x=/-/health",
                "/cart?/-/health",
                "/cart#/-/health",
                "/-/health/../carts/cart",
                "/-/health/..%2fcarts/cart",
                "/-/health%2f..%2fcarts%2fcart",
                "/-/health;/../carts/cart",
                "/-/health/",
                "/-/health%00",
                "/-/Health",
                "/-/%68ealth",
                "/-//health",
                "/-/./health",
                "/-/../-/carts/cart",
                "/-/..",
                "/-/../cart",
                "/-%2fcarts/cart",
                "/%2d/carts/cart",
                "/-/carts/..%2f..%2f-%2fhealth",
                "/-/carts/cart/../../health",
                "/-/static",
                "/-/Static/cart.css",
                "/static/../cart",
                "http://cartd/cart",
                "http://cartd/-/carts/cart")) {
            assertRefused(running.ask("GET", target), target);
            Reply page = running.ask("GET", target, "Accept: text/html,application/xhtml+xml");
            assertClosed(page, target);
            assertThat(page.text()).contains("<h1 id=\"heading\">You need a link</h1>");
        }
        for (String target : List.of(
                "/-/static/../carts/cart", "/-/static/%2e%2e/carts/cart", "/-/static//-/carts/cart", "/-/static/")) {
            assertThat(running.ask("GET", target).status()).as(target).isEqualTo(404);
        }
    }

    @Test
    void aRequestBehindARefusedOneIsJudgedByItself() throws IOException {
        try (Wire wire = running.connect()) {
            wire.say(Running.request("HEAD", "/cart", bearer(alice)) + "\r\n");
            assertThat(wire.headReply().status()).isEqualTo(204);
            wire.say(Running.request("HEAD", "/cart") + "\r\n");
            assertRefused(wire.headReply(), "on the same connection");
        }
    }

    @Test
    void aBodyIsNotReadForWhoIsRefused() throws IOException {
        assertRefused(running.post("/new", BODY), "POST");
        try (Wire wire = running.connect()) {
            wire.say(Running.request("POST", "/new", "Expect: 100-continue", "Content-Length: 900000") + "\r\n");
            assertRefused(wire.reply(), "who waits for 100");
        }
        try (Wire wire = running.connect()) {
            wire.say(Running.request("POST", "/new", "Content-Length: 900000") + "\r\n" + BODY);
            Reply reply = wire.reply();
            assertRefused(reply, "a long body");
            assertThat(reply.header("Connection")).isEqualTo("close");
        }
        assertThat(running.carts.submitted).isEmpty();
    }

    @Test
    void aTokenThatIsTakenOutOfTheFileIsRefusedSoon() throws IOException {
        assertThat(running.ask("HEAD", "/cart", bearer(alice)).status()).isEqualTo(204);
        Files.writeString(clients, NewToken.of("alice").line());
        Running.soon().untilAsserted(() -> assertRefused(running.ask("HEAD", "/cart", bearer(alice)), "an old token"));
        Files.delete(clients);
        Files.delete(admins);
        Running.soon().untilAsserted(() -> assertRefused(running.ask("HEAD", "/cart", bearer(root)), "no file"));
        assertThat(running.ask("GET", "/-/health").status()).isEqualTo(200);
        Files.writeString(clients, alice.line());
        Running.soon()
                .untilAsserted(() -> assertThat(
                                running.ask("HEAD", "/cart", bearer(alice)).status())
                        .isEqualTo(204));
    }

    @Test
    void withAdminsOnlyTheMetricsAreTheirs() throws IOException {
        try (Running open = new Running(Running.CONFIG.withAdminTokens(admins))) {
            open.server.metrics(accept -> new MetricsText.Page("text/plain", "a 1\n"));
            assertThat(open.post("/cart", BODY).status()).isEqualTo(201);
            assertThat(open.ask("HEAD", "/cart", "Authorization: Basic eA==").status())
                    .as("a header that is not needed")
                    .isEqualTo(202);
            assertRefused(open.ask("GET", "/-/metrics"), "metrics");
            assertRefused(open.ask("GET", "/-/metrics", bearer(alice)), "of a client");
            assertThat(open.ask("GET", "/-/metrics", bearer(root)).status()).isEqualTo(200);
        }
    }

    @Test
    void onlyAdminsSeeAllCarts(@TempDir Path volume) throws IOException {
        ServerConfig both = Running.CONFIG.withClientTokens(clients).withAdminTokens(admins);
        for (ServerConfig config : List.of(both, Running.CONFIG.withAdminTokens(admins))) {
            try (Serving serving = Serving.idle(volume, config)) {
                assertThat(serving.get("/-/carts").statusCode()).isEqualTo(401);
                assertThat(serving.get("/-/carts", "Authorization", "Bearer " + alice.text())
                                .statusCode())
                        .as("a token of a client")
                        .isEqualTo(config == both ? 403 : 401);
                assertThat(serving.get("/-/carts", "Authorization", "Bearer " + root.text())
                                .statusCode())
                        .isEqualTo(200);
            }
        }
        try (Serving serving = Serving.idle(volume, Running.CONFIG.withClientTokens(clients))) {
            assertThat(serving.get("/-/carts", "Authorization", "Bearer " + alice.text())
                            .statusCode())
                    .as("where nobody is an admin")
                    .isEqualTo(403);
            assertThat(serving.get("/-/carts", "Authorization", "Bearer " + root.text())
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void withoutTokensNobodySeesAllCartsUnlessThatIsWanted(@TempDir Path volume) throws IOException {
        try (Serving serving = Serving.idle(volume, Running.CONFIG.withLocalAdmin(false))) {
            assertThat(statusFor(serving, "Host: 127.0.0.1")).isEqualTo(403);
            for (String path : List.of("/-/", "/-/carts", "/-/overview")) {
                HttpResponse<byte[]> page = serving.ask("GET", path, "Accept", "text/html,application/xhtml+xml");
                assertThat(page.statusCode()).as(path).isEqualTo(403);
                assertThat(new String(page.body(), StandardCharsets.UTF_8))
                        .as(path)
                        .contains("For those who run the server", "cartd token")
                        .doesNotContain("somebody else");
            }
        }
    }

    @Test
    void withoutTokensOnlyTheServersOwnMachineSeesAllCarts(@TempDir Path volume) throws IOException {
        try (Serving serving = Serving.idle(volume, Running.CONFIG.withAddress("0.0.0.0"))) {
            for (String host : List.of("127.0.0.1", "127.1.2.3:80", "localhost", "LocalHost:8081", "[::1]:8081")) {
                assertThat(statusFor(serving, "Host: " + host)).as(host).isEqualTo(200);
            }
            for (String headers : List.of(
                    "Host: example.org",
                    "Host: 127.0.0.1.example.org",
                    "Host: localhost.example.org:8081",
                    "Host: example.org#127.0.0.1",
                    "Host: 10.0.0.1",
                    "Host: [::2]",
                    "Host: 127.0.0.1\r\nX-Forwarded-For: 127.0.0.1",
                    "Host: 127.0.0.1\r\nX-Forwarded-Host: 127.0.0.1",
                    "Host: 127.0.0.1\r\nForwarded: for=127.0.0.1",
                    "Host: 127.0.0.1\r\nX-Real-IP: 127.0.0.1",
                    "Host: 127.0.0.1\r\nVia: 1.1 proxy")) {
                assertThat(statusFor(serving, headers)).as(headers).isIn(400, 403);
            }
            try (Wire wire = new Wire(serving.server.port())) {
                wire.say("GET /-/carts HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n");
                assertThat(wire.reply().status()).as("HTTP/1.0").isEqualTo(403);
            }
            for (InetAddress address : ownAddresses()) {
                assertThat(serving.getFrom(
                                        "http://" + address.getHostAddress() + ":" + serving.server.port() + "/-/carts")
                                .statusCode())
                        .as("from %s", address)
                        .isEqualTo(403);
            }
        }
    }

    @Test
    void whatATrustedProxyPassesOnIsNotOfTheServersOwnMachine(@TempDir Path volume) throws IOException {
        for (List<Network> trusted : List.of(List.of(Network.of("127.0.0.0/8")), List.of(Network.of("192.0.2.0/24")))) {
            try (Serving serving = Serving.idle(volume, Running.CONFIG.withTrustedProxies(trusted))) {
                assertThat(statusFor(serving, "Host: 127.0.0.1")).isEqualTo(200);
                for (String way : List.of(
                        "X-Forwarded-For: 192.0.2.7",
                        "X-Forwarded-For: 127.0.0.1",
                        "X-Forwarded-For: unknown",
                        "X-Forwarded-Proto: http",
                        "X-Forwarded-Host: 127.0.0.1",
                        "Forwarded: proto=http",
                        "Forwarded: for=127.0.0.1\r\nX-Forwarded-For: 127.0.0.1")) {
                    assertThat(statusFor(serving, "Host: 127.0.0.1\r\n" + way))
                            .as(way)
                            .isEqualTo(403);
                }
            }
        }
    }

    private static int statusFor(Serving serving, String headers) throws IOException {
        try (Wire wire = new Wire(serving.server.port())) {
            wire.say("GET /-/carts HTTP/1.1\r\n" + headers + "\r\nConnection: close\r\n\r\n");
            return wire.reply().status();
        }
    }

    /** The addresses of this machine that are not loopback; a machine may have none. */
    private static List<InetAddress> ownAddresses() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .toList();
    }

    @Test
    void logsHaveTheNamesAndNoTokens() throws IOException {
        NewToken wrong = NewToken.of("mallory");
        StringBuilder answers = new StringBuilder();
        try (Logged logged = new Logged(Level.TRACE)) {
            Files.writeString(clients, "alice " + wrong.text() + "\n" + alice.line());
            for (NewToken token : List.of(alice, root, wrong)) {
                for (String target : List.of("/cart", "/-/metrics", "/-/nothing", "/x/y")) {
                    for (String method : METHODS) {
                        Reply reply = running.ask(method, target, bearer(token), "Range: bytes=-");
                        answers.append(reply.headers()).append(reply.text());
                    }
                }
            }
            Running.soon().untilAsserted(() -> {
                running.ask("GET", "/cart", bearer(alice));
                assertThat(logged.lines())
                        .anyMatch(line -> line.endsWith(
                                ", line 1 lets nobody in: it has a token where the hash belongs: make a new one, as"
                                        + " cartd token NAME does"));
            });
            assertThat(logged.lines()).contains("the carts of cart are deleted, as a client asked (alice, 127.0.0.1)");
            answers.append(logged.lines());
        }
        Running.soon()
                .untilAsserted(() -> assertThat(Files.readString(accessLog))
                        .contains(" - alice [", " - root [", " - - [")
                        .doesNotContain("mallory"));
        answers.append(Files.readString(accessLog));
        for (NewToken token : List.of(alice, root, wrong)) {
            assertThat(answers).doesNotContain(token.text(), token.text().substring(6, 30));
            assertThat(token.toString()).doesNotContain(token.text());
        }
        assertThat(answers).doesNotContain(alice.line().substring(20));
    }

    @Test
    void withoutSettingsEverythingIsOpen() throws IOException {
        try (Running open = new Running()) {
            open.carts.put("cart", CartStatus.STAGING, "", new Progress(2, 1, 10, 5));
            for (Map.Entry<String, Integer> known : Map.of("/cart", 202, "/-/health", 200, "/-/openapi.json", 200)
                    .entrySet()) {
                assertThat(open.ask("GET", known.getKey(), bearer(alice), "Connection: close")
                                .status())
                        .as(known.getKey())
                        .isEqualTo(known.getValue());
            }
        }
    }
}
