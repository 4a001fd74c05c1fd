package dev.cartd.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cartd.Cartd;
import dev.cartd.Quick;
import dev.cartd.ScriptedArchive;
import dev.cartd.Waiting;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.local.MemoryOwners;
import dev.cartd.local.MemoryStore;
import dev.cartd.spi.CartOwners;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Whose carts are whose, and the links with which others may read them. */
class OwnersTest {
    private static final String BODY =
            "{\"fileids\": [{\"id\": \"%s/0\", \"path\": \"d/a\", \"hashtype\": \"md5\"," + " \"hashsum\": \"%s\"}]}";

    /** Every address below which a cart can be read. */
    private static final List<String> READ = List.of(
            "/%s",
            "/%s?filename=x.tar",
            "/%s?format=zip",
            "/-/carts/%s",
            "/-/carts/%s/",
            "/-/carts/%s/files",
            "/-/carts/%s/files/d/a",
            "/-/carts/%s/manifest",
            "/-/carts/%s/metalink",
            "/-/carts/%s/events");

    private final NewToken alice = NewToken.of("alice");
    private final NewToken bob = NewToken.of("bob");
    private final NewToken root = NewToken.of("root");
    private final ScriptedArchive archive = new ScriptedArchive();
    private final HttpClient client = HttpClient.newHttpClient();
    private Path log;
    private Cartd cartd;
    private CartOwners owners;
    private CartdServer server;
    private CartdServer open;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        Path clients = Files.writeString(directory.resolve("clients"), alice.line() + "\n" + bob.line());
        Path admins = Files.writeString(directory.resolve("admins"), root.line());
        log = directory.resolve("access");
        MemoryStore store = new MemoryStore(InstantSource.system());
        owners = new MemoryOwners(store);
        cartd = Quick.builder(archive, directory.resolve("volume")).store(store).start();
        ServerConfig config = Running.logging(log).withClientTokens(clients).withAdminTokens(admins);
        server = CartdServer.start(cartd, config.withOwnersOnly(true));
        server.owners(owners);
        open = CartdServer.start(cartd, config);
        open.owners(owners);
        archive.add("cart/0", 1000);
    }

    @AfterEach
    void stop() {
        server.close();
        open.close();
        cartd.close();
    }

    private HttpResponse<String> ask(CartdServer to, String method, String target, NewToken... token)
            throws IOException {
        return send(to, method, target, "", token);
    }

    private HttpResponse<String> ask(String method, String target, NewToken... token) throws IOException {
        return send(server, method, target, "", token);
    }

    private HttpResponse<String> post(String uid, NewToken token) throws IOException {
        String body = BODY.formatted("cart", ScriptedArchive.hash("MD5", archive.bytes("cart/0")));
        return send(server, "POST", "/" + uid, body, token);
    }

    private HttpResponse<String> send(CartdServer to, String method, String target, String body, NewToken... token)
            throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(target.startsWith("http") ? target : "http://127.0.0.1:" + to.port() + target))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        for (NewToken one : token) {
            request.header("Authorization", "Bearer " + one.text());
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private void awaitReady(String uid) {
        Waiting.await()
                .untilAsserted(() ->
                        assertThat(cartd.status(uid).orElseThrow().status()).isEqualTo(CartStatus.READY));
    }

    private static JsonNode json(HttpResponse<String> reply) throws IOException {
        return new com.fasterxml.jackson.databind.json.JsonMapper().readTree(reply.body());
    }

    /** The query of a link to a cart, as its owner gets one. */
    private String link(String uid, NewToken token) throws IOException {
        HttpResponse<String> made = ask("POST", "/-/carts/" + uid + "/links?for=1h", token);
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        assertThat(made.headers().firstValue("Cache-Control")).contains("no-store");
        return json(made).get("tar").asText().replaceFirst(".*[?]", "");
    }

    private static String with(String link, String target, String uid) {
        return target.formatted(uid) + (target.contains("?") ? "&" : "?") + link;
    }

    @Test
    void aCartIsForItsOwnerAndForAdmins() throws IOException {
        assertThat(ask("HEAD", "/cart", bob).statusCode()).as("there is none").isEqualTo(404);
        assertThat(post("cart", alice).statusCode()).isEqualTo(201);
        awaitReady("cart");
        for (String target : READ) {
            String path = target.formatted("cart");
            for (String method : List.of("GET", "HEAD")) {
                HttpResponse<String> theirs = ask(method, path, bob);
                assertThat(theirs.statusCode()).as(path).isEqualTo(403);
                assertThat(theirs.headers().firstValue("ETag")).isEmpty();
                assertThat(ask(method, path).statusCode()).as(path).isEqualTo(401);
                assertThat(ask(method, path, alice).statusCode())
                        .as(path)
                        .isEqualTo(200 + (is204(method, path) ? 4 : 0));
                assertThat(ask(method, path, root).statusCode())
                        .as(path)
                        .isEqualTo(200 + (is204(method, path) ? 4 : 0));
            }
        }
        assertThat(ask("HEAD", "/cart", bob).headers().firstValue("X-Pacifica-Status"))
                .contains("error");
        assertThat(ask("HEAD", "/cart", bob).headers().firstValue("X-Pacifica-Message"))
                .contains("The cart is somebody else's: whoever asked for it can give you a link");
        assertThat(post("cart", bob).statusCode()).isEqualTo(403);
        assertThat(ask("DELETE", "/cart", bob).statusCode()).isEqualTo(403);
        assertThat(ask("POST", "/-/carts/cart/links", bob).statusCode()).isEqualTo(403);
        assertThat(ask("DELETE", "/-/carts/cart/links", bob).statusCode()).isEqualTo(403);
        assertThat(post("cart", root).statusCode()).as("an admin may join it").isEqualTo(201);
        assertThat(owners.owner("cart")).contains("alice");
        assertThat(cartd.list().toList()).hasSize(1);
        assertThat(ask("DELETE", "/cart", alice).statusCode()).isEqualTo(200);
        assertThat(post("cart", bob).statusCode()).as("it stays hers").isEqualTo(403);
    }

    private static boolean is204(String method, String path) {
        return method.equals("HEAD") && path.startsWith("/cart");
    }

    @Test
    void aCartOfNobodyIsForAdminsOnly() throws IOException {
        cartd.submit(new CartRequest("old", false, List.of(archive.item("cart/0", "d/a"))));
        assertThat(ask("GET", "/-/carts/old", alice).statusCode()).isEqualTo(403);
        assertThat(post("old", alice).statusCode()).isEqualTo(403);
        assertThat(ask("GET", "/-/carts/old", root).statusCode()).isEqualTo(200);
        assertThat(ask(open, "GET", "/-/carts/old", alice).statusCode())
                .as("where the uid is enough")
                .isEqualTo(200);
    }

    @Test
    void aRequestThatIsRefusedClaimsNothing() throws IOException {
        assertThat(send(server, "POST", "/cart", "{}", alice).statusCode()).isEqualTo(400);
        assertThat(owners.owner("cart")).isEmpty();
        assertThat(post("cart", bob).statusCode()).isEqualTo(201);
        assertThat(owners.owner("cart")).contains("bob");
    }

    @Test
    void aLinkOpensAllThatCanBeReadAndNothingElse() throws IOException {
        post("cart", alice);
        post("other", alice);
        awaitReady("cart");
        awaitReady("other");
        String link = link("cart", alice);
        assertThat(link).matches("link=[0-9]+\\.[A-Za-z0-9_-]{43}");
        for (CartdServer each : List.of(server, open)) {
            for (String target : READ) {
                assertThat(ask(each, "GET", with(link, target, "cart")).statusCode())
                        .as(target)
                        .isEqualTo(200);
                assertThat(ask(each, "GET", with(link, target, "other")).statusCode())
                        .as("the uid is signed too: " + target)
                        .isEqualTo(401);
            }
        }
        assertThat(ask("GET", with(link, "/%s", "cart"), bob).statusCode())
                .as("with a token that is not enough")
                .isEqualTo(200);
        for (String method : List.of("POST", "DELETE", "PUT")) {
            assertThat(ask(method, with(link, "/%s", "cart")).statusCode()).isEqualTo(401);
            assertThat(ask(method, with(link, "/-/carts/%s/links", "cart")).statusCode())
                    .isEqualTo(401);
        }
        for (String target : List.of("/-/openapi.json", "/-/metrics", "/-/carts/cart/links", "/-/nothing")) {
            assertThat(ask("GET", target + "?" + link).statusCode()).as(target).isEqualTo(401);
        }
        assertThat(ask("GET", with(link, "/%s", "cart")).headers().firstValue("Cache-Control"))
                .contains("private, no-transform");
    }

    @Test
    void whatAPageAndAMetalinkReferToHasTheLink() throws IOException {
        post("cart", alice);
        awaitReady("cart");
        String link = link("cart", alice);
        List<String> addresses = new ArrayList<>();
        String page = ask("GET", with(link, "/-/carts/%s/", "cart")).body();
        Matcher found = Pattern.compile("(?:href|data-[a-z]+)=\"(/(?!-/static)[^\"]*)\"")
                .matcher(page);
        while (found.find()) {
            addresses.add(found.group(1).replace("&amp;", "&").replaceFirst("#.*", ""));
        }
        Matcher commands = Pattern.compile("(http://127[^\"&<]*cart[^\"<]*?)(?:&#34;|&quot;|\"|<)")
                .matcher(page);
        while (commands.find()) {
            addresses.add(commands.group(1).replace("&amp;", "&"));
        }
        String metalink = ask("GET", with(link, "/-/carts/%s/metalink", "cart")).body();
        Matcher urls = Pattern.compile("<url>([^<]*)</url>").matcher(metalink);
        assertThat(urls.find()).isTrue();
        addresses.add(urls.group(1).replace("&amp;", "&"));
        String described = ask("GET", with(link, "/%s", "cart"))
                .headers()
                .firstValue("Link")
                .orElseThrow();
        addresses.add(described.substring(1, described.indexOf('>')));
        assertThat(addresses).hasSizeGreaterThan(8);
        for (String address : addresses) {
            assertThat(ask("GET", address).statusCode()).as(address).isEqualTo(200);
        }
    }

    @Test
    void aLinkThatWasChangedOrHasEndedOpensNothing() throws IOException {
        post("cart", alice);
        String link = link("cart", alice).substring("link=".length());
        String seconds = link.substring(0, link.indexOf('.'));
        String mac = link.substring(link.indexOf('.') + 1);
        String ended =
                NewLink.of(owners, "cart", Instant.now().minusSeconds(1)).tar().replaceFirst(".*link=", "");
        assertThat(ask("HEAD", "/cart?link=" + link).statusCode()).isLessThan(300);
        for (String wrong : List.of(
                ended,
                Long.parseLong(seconds) + 1 + "." + mac,
                "0" + link,
                seconds + "." + mac.substring(1) + "A",
                seconds + "." + mac.toLowerCase(java.util.Locale.ROOT),
                seconds + "." + mac + "=",
                seconds + ".",
                mac,
                "",
                "%30" + link.substring(1),
                link + "&link=" + link,
                ended + "&link=" + link)) {
            assertThat(ask("HEAD", "/cart?link=" + wrong).statusCode())
                    .as(wrong)
                    .isEqualTo(401);
        }
        assertThat(ask("HEAD", "/cart?l%69nk=" + link).statusCode()).isEqualTo(401);
        assertThat(ask("HEAD", "/cart?Link=" + link).statusCode()).isEqualTo(401);
        assertThat(ask("HEAD", "/cart?x;link=" + link).statusCode()).isEqualTo(401);
        assertThat(ask("GET", "/cart?link=" + ended).body()).contains("The link has ended, or is none");
    }

    @Test
    void allLinksEndWhenTheirOwnerWants() throws IOException {
        post("cart", alice);
        String first = link("cart", alice);
        String second = link("cart", root);
        assertThat(ask("DELETE", "/-/carts/cart/links", alice).statusCode()).isEqualTo(200);
        for (String link : List.of(first, second)) {
            assertThat(ask("HEAD", "/cart?" + link).statusCode()).isEqualTo(401);
        }
        assertThat(ask("DELETE", "/-/carts/cart/links", alice).statusCode()).isEqualTo(404);
        String third = link("cart", alice);
        assertThat(ask("HEAD", "/cart?" + third).statusCode()).isLessThan(300);
        assertThat(ask("HEAD", "/cart?" + first).statusCode()).isEqualTo(401);
    }

    @Test
    void aLinkIsMadeForATimeThatIsAllowed() throws IOException {
        post("cart", alice);
        for (String time : List.of("0", "-1", "x", "31%20days", "0.5s", "1e9", "")) {
            assertThat(ask("POST", "/-/carts/cart/links?for=" + time, alice).statusCode())
                    .as(time)
                    .isEqualTo(400);
        }
        JsonNode usual = json(ask("POST", "/-/carts/cart/links", alice));
        assertThat(Instant.parse(usual.get("until").asText()))
                .isBetween(Instant.now().plusSeconds(86_000), Instant.now().plusSeconds(86_400));
        assertThat(usual.get("page").asText()).startsWith("http://127.0.0.1:" + server.port() + "/-/carts/cart/?link=");
        assertThat(ask("GET", usual.get("page").asText()).statusCode()).isEqualTo(200);
        assertThat(ask("POST", "/-/carts/none/links", alice).statusCode()).isEqualTo(404);
    }

    @Test
    void noLogHasALink() throws IOException {
        try (Logged logged = new Logged(ch.qos.logback.classic.Level.TRACE)) {
            post("cart", alice);
            String link = link("cart", alice);
            ask("GET", "/-/carts/cart/?number=1&" + link + "&after=0");
            ask("GET", "/cart?" + link);
            ask("GET", "/cart", bob);
            ask("DELETE", "/-/carts/cart/links", alice);
            ask("GET", "/cart?" + link);
            assertThat(logged.lines())
                    .anyMatch(line -> line.matches("a link to the carts of cart until .* is made \\(alice, 127.*"))
                    .contains("the links to the carts of cart end now (alice, 127.0.0.1)")
                    .noneMatch(line -> line.contains(link.substring(5)));
            Running.soon()
                    .untilAsserted(() -> assertThat(Files.readString(log))
                            .contains(
                                    "/-/carts/cart/?number=1&link=***&after=0 HTTP",
                                    " - bob [",
                                    "\"GET /cart?link=*** HTTP/1.1\" 401")
                            .doesNotContain(link.substring(link.indexOf('.'))));
        }
    }

    @Test
    void beforeItKnowsTheOwnersTheServerOpensNoCart() throws IOException {
        Path tokens = Files.writeString(log.resolveSibling("tokens"), alice.line());
        try (CartdServer early =
                CartdServer.start(cartd, Running.CONFIG.withClientTokens(tokens).withOwnersOnly(true))) {
            assertThat(ask(early, "GET", "/-/carts/cart", alice).statusCode()).isEqualTo(503);
            assertThat(ask(early, "HEAD", "/cart?link=1." + "A".repeat(43)).statusCode())
                    .isEqualTo(503);
        }
    }
}
