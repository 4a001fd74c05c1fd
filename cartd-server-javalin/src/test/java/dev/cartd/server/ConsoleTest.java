package dev.cartd.server;

import ch.qos.logback.classic.Level;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What the console does, and the ways in which somebody may try to press its buttons who is no admin. */
class ConsoleTest {
    private static final List<String> BUTTONS = List.of("repair", "keep", "release", "evict", "delete");
    private static final Pattern FORM = Pattern.compile("name=\"form\" value=\"([A-Za-z0-9_-]{43})\"");

    @TempDir
    private Path volume;

    @TempDir
    private Path directory;

    private final NewToken alice = NewToken.of("alice");
    private final NewToken root = NewToken.of("root");
    private Path admins;
    private Path accessLog;
    private ServerConfig config;
    private Serving serving;
    private long epoch;

    @BeforeEach
    void start() throws IOException {
        admins = Files.writeString(directory.resolve("admins"), root.line());
        accessLog = directory.resolve("access");
        config = Running.logging(accessLog)
                .withClientTokens(Files.writeString(directory.resolve("clients"), alice.line()))
                .withAdminTokens(admins);
        serving = Serving.with(volume, config);
        epoch = serving.awaitReady(serving.archive.request("one", false, 10, 20))
                .epoch();
    }

    @AfterEach
    void stop() {
        serving.close();
    }

    private void restart(ServerConfig other) {
        serving.close();
        serving = Serving.with(volume, other);
        epoch = serving.awaitReady(serving.archive.request("one", false, 10, 20))
                .epoch();
    }

    private Reply send(String method, String target, String body, String... headers) throws IOException {
        try (Wire wire = new Wire(serving.server.port())) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            StringBuilder request = new StringBuilder(method + " " + target + " HTTP/1.1\r\nConnection: close\r\n");
            for (String header : headers) {
                request.append(header).append("\r\n");
            }
            if (method.equals("POST")) {
                request.append("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ")
                        .append(bytes.length)
                        .append("\r\n");
            }
            wire.say(request + "\r\n" + body);
            return method.equals("HEAD") ? wire.headReply() : wire.reply();
        }
    }

    private String host() {
        return "127.0.0.1:" + serving.server.port();
    }

    private String[] own(String... more) {
        String[] all = new String[more.length + 2];
        all[0] = "Host: " + host();
        all[1] = "Origin: http://" + host();
        System.arraycopy(more, 0, all, 2, more.length);
        return all;
    }

    /** What a browser keeps of a session. */
    private record Browser(String cookie, String form) {}

    private Browser signedIn() throws IOException {
        Reply page = send("POST", "/-/console/sign-in", "token=" + root.text(), own());
        assertThat(page.status()).isEqualTo(200);
        String cookie = page.header("Set-Cookie");
        assertThat(cookie)
                .matches("cartd_session=[A-Za-z0-9_-]{43}; Path=/-/; Max-Age=3600; HttpOnly; SameSite=Strict");
        return new Browser("Cookie: " + cookie.split(";")[0], form(page.text()));
    }

    private static String form(String page) {
        Matcher form = FORM.matcher(page);
        assertThat(form.find()).as("a form in %s", page).isTrue();
        return form.group(1);
    }

    private String fields(Browser browser) {
        return "form=" + browser.form + "&cart=" + serving.cart("one").id();
    }

    private void assertUntouched() {
        assertThat(serving.cart("one").status()).isEqualTo(CartStatus.READY);
        assertThat(serving.cart("one").kept()).isEmpty();
        assertThat(serving.cart("one").epoch()).isEqualTo(epoch);
    }

    @Test
    void whoHasNoTokenIsAskedForIt() throws IOException {
        Reply page = send("GET", "/-/", "", "Host: " + host(), "Accept: text/html,application/xhtml+xml");
        assertThat(page.status()).isEqualTo(401);
        assertThat(page.text()).contains("action=\"/-/console/sign-in\"").doesNotContain("one");
        assertThat(page.header("Cache-Control")).isEqualTo("no-store");
        assertThat(page.header("Content-Security-Policy")).contains("frame-ancestors 'none'", "form-action 'self'");
        assertThat(send("GET", "/-/", "", "Host: " + host()).header("Content-Type"))
                .as("for a program")
                .isEqualTo("application/json");

        for (String token : List.of("", "wrong", alice.text(), root.text() + "x")) {
            Reply reply = send("POST", "/-/console/sign-in", "token=" + token, own());
            assertThat(reply.status()).as(token).isEqualTo(403);
            assertThat(reply.header("Set-Cookie")).isEqualTo("(none)");
        }
        assertThat(send("GET", "/-/console/sign-in?token=" + root.text(), "", own())
                        .status())
                .isEqualTo(405);
    }

    @Test
    void anAdminSeesAndDoes() throws IOException {
        Browser browser = signedIn();
        for (String target : List.of("/-/", "/-/carts", "/-/overview", "/-/carts/one", "/-/carts/one/", "/-/metrics")) {
            assertThat(send("GET", target, "", "Host: " + host(), browser.cookie)
                            .status())
                    .as(target)
                    .isIn(200, 404);
        }
        try (Logged logged = new Logged(Level.INFO)) {
            Reply kept = send("POST", "/-/console/keep", fields(browser), own(browser.cookie));
            assertThat(kept.status()).isEqualTo(200);
            assertThat(kept.text()).contains("Cart 1 is kept for 7 days.");
            assertThat(serving.cart("one").kept()).isPresent();
            assertThat(send("POST", "/-/console/evict", fields(browser), own(browser.cookie))
                            .text())
                    .contains("Nothing was done: cart 1 is in work, being downloaded or kept");
            send("POST", "/-/console/release", fields(browser), own(browser.cookie));
            Files.delete(Path.of(serving.cart("one").bundlePath()).resolve("d0/f0"));
            assertThat(send("POST", "/-/console/repair", fields(browser), own(browser.cookie))
                            .text())
                    .contains("Cart 1 is being repaired.");
            Running.soon()
                    .untilAsserted(
                            () -> assertThat(serving.cart("one").status()).isEqualTo(CartStatus.READY));
            assertThat(Path.of(serving.cart("one").bundlePath()).resolve("d0/f0"))
                    .exists();
            assertThat(send("POST", "/-/console/evict", fields(browser), own(browser.cookie))
                            .text())
                    .contains("Cart 1 is evicted.");
            assertThat(serving.cartd.status("one")).isEmpty();
            CartRequest other = serving.archive.request("other", false, 5);
            long number = serving.awaitReady(other).id();
            assertThat(send(
                                    "POST",
                                    "/-/console/delete",
                                    "form=" + browser.form + "&cart=" + number,
                                    own(browser.cookie))
                            .text())
                    .contains("Cart " + number + " is deleted, with all carts of its uid.");
            assertThat(send("POST", "/-/console/delete", "form=" + browser.form + "&cart=1", own(browser.cookie))
                            .text())
                    .contains("Cart 1 is no longer there.");
            assertThat(logged.lines())
                    .contains(
                            "cart 1 (one) is kept for 7 days, as an admin asked in the console (root, 127.0.0.1)",
                            "cart 1 (one) is kept no longer, as an admin asked in the console (root, 127.0.0.1)",
                            "cart 1 (one) is being repaired, as an admin asked in the console (root, 127.0.0.1)",
                            "cart 1 (one) is evicted, as an admin asked in the console (root, 127.0.0.1)",
                            "cart " + number
                                    + " (other) is deleted, with all carts of its uid, as an admin asked in the"
                                    + " console (root, 127.0.0.1)");
        }
    }

    @Test
    void noOtherWayPressesAButton() throws IOException {
        Browser browser = signedIn();
        Browser another = signedIn();
        String fields = fields(browser);
        for (String button : BUTTONS) {
            String target = "/-/console/" + button;
            for (String method : List.of("GET", "HEAD", "PUT", "DELETE", "OPTIONS")) {
                assertThat(send(method, target + "?" + fields, "", own(browser.cookie))
                                .status())
                        .as(method + " " + button)
                        .isIn(401, 405);
            }
            assertThat(send("POST", target, fields, own()).status())
                    .as("no cookie")
                    .isEqualTo(401);
            assertThat(send("POST", target, fields, own("Cookie: cartd_session=x"))
                            .status())
                    .as("another cookie")
                    .isEqualTo(401);
            assertThat(send("POST", target, fields, own(browser.cookie + "; " + another.cookie.substring(8)))
                            .status())
                    .as("two cookies")
                    .isEqualTo(401);
            assertThat(send("POST", target, fields, own("Authorization: Bearer " + alice.text()))
                            .status())
                    .as("the token of a client")
                    .isEqualTo(403);
            assertThat(send("POST", target, fields, own("Authorization: Bearer " + alice.text(), browser.cookie))
                            .status())
                    .as("the token of a client, with the cookie")
                    .isEqualTo(403);
            assertThat(send("POST", target, fields, own("Authorization: Bearer " + root.text()))
                            .status())
                    .as("a token in place of the session")
                    .isEqualTo(403);
            assertThat(send("POST", target, fields, "Host: " + host(), browser.cookie)
                            .status())
                    .as("no Origin")
                    .isEqualTo(403);
            for (String origin : List.of(
                    "null",
                    "http://example.org",
                    "http://127.0.0.1",
                    "http://" + host() + ".example.org",
                    "http://example.org/" + host(),
                    "https://" + host() + "@example.org",
                    "http://" + host() + " http://example.org")) {
                assertThat(send("POST", target, fields, "Host: " + host(), "Origin: " + origin, browser.cookie)
                                .status())
                        .as("Origin %s", origin)
                        .isEqualTo(403);
            }
            String cart = "cart=" + serving.cart("one").id();
            for (String form : List.of("", "&form=", "&form=x", "&form=" + another.form)) {
                assertThat(send("POST", target, cart + form, own(browser.cookie))
                                .status())
                        .as("the form %s", form)
                        .isEqualTo(403);
            }
            for (String number : List.of("", "-1", "x", "1'", "99999999999999999999")) {
                assertThat(send("POST", target, "form=" + browser.form + "&cart=" + number, own(browser.cookie))
                                .status())
                        .as("the cart %s", number)
                        .isEqualTo(400);
            }
            assertThat(send("POST", target, fields + "&cart=2", own(browser.cookie))
                            .status())
                    .as("two carts")
                    .isEqualTo(400);
            assertThat(send("POST", target, fields + "&x=" + "y".repeat(9000), own(browser.cookie))
                            .status())
                    .as("a long form")
                    .isEqualTo(413);
        }
        assertThat(send("POST", "/-/console/", fields, own(browser.cookie)).status())
                .isEqualTo(404);
        assertThat(send("POST", "/-/console/purge-all", fields, own(browser.cookie))
                        .status())
                .isEqualTo(404);
        assertThat(send("DELETE", "/one", "", own(browser.cookie)).status())
                .as("a cookie alone changes nothing")
                .isEqualTo(401);
        assertUntouched();
    }

    @Test
    void aSessionEnds() throws IOException {
        Browser browser = signedIn();
        assertThat(send("POST", "/-/console/sign-out", "form=x", own(browser.cookie))
                        .status())
                .isEqualTo(403);
        Reply out = send("POST", "/-/console/sign-out", "form=" + browser.form, own(browser.cookie));
        assertThat(out.header("Set-Cookie")).startsWith("cartd_session=; Path=/-/; Max-Age=0; ");
        assertEnded(browser);

        Browser withToken = signedIn();
        Files.writeString(admins, NewToken.of("root").line());
        Running.soon()
                .untilAsserted(() -> assertThat(send("GET", "/-/", "", "Host: " + host(), withToken.cookie)
                                .status())
                        .as("its token is taken out of the file")
                        .isEqualTo(401));
        Files.writeString(admins, root.line());

        restart(config.withSessionTime(Duration.ofNanos(1)));
        Reply page = send("POST", "/-/console/sign-in", "token=" + root.text(), own());
        assertEnded(new Browser("Cookie: " + page.header("Set-Cookie").split(";")[0], form(page.text())));
        assertUntouched();
    }

    private void assertEnded(Browser browser) throws IOException {
        assertThat(send("GET", "/-/", "", "Host: " + host(), browser.cookie).status())
                .isEqualTo(401);
        assertThat(send("POST", "/-/console/delete", fields(browser), own(browser.cookie))
                        .status())
                .isEqualTo(401);
    }

    @Test
    void withoutTokensThisMachineIsAdmin() throws IOException {
        restart(Running.CONFIG);
        Reply page = send("GET", "/-/?state=ready", "", "Host: " + host());
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.text()).doesNotContain("Sign out");
        String fields =
                "form=" + form(page.text()) + "&cart=" + serving.cart("one").id();

        for (String host : List.of("example.org", "cartd.example.org:" + serving.server.port())) {
            assertThat(send("GET", "/-/", "", "Host: " + host).status()).isEqualTo(403);
            assertThat(send("POST", "/-/console/delete", fields, "Host: " + host, "Origin: http://" + host)
                            .status())
                    .as("a name that points here")
                    .isEqualTo(403);
        }
        assertThat(send("POST", "/-/console/delete", fields, "Host: " + host(), "Origin: http://example.org")
                        .status())
                .isEqualTo(403);
        assertThat(send("POST", "/-/console/delete", "cart=1", own()).status()).isEqualTo(403);
        assertThat(send("POST", "/-/console/delete", fields, own("X-Forwarded-For: 10.0.0.1"))
                        .status())
                .isEqualTo(403);
        assertUntouched();

        assertThat(send("POST", "/-/console/delete", fields, own()).text())
                .contains("is deleted, with all carts of its uid.");
        assertThat(serving.cartd.status("one")).isEmpty();
    }

    @Test
    void noLogHasASecret() throws IOException {
        StringBuilder said = new StringBuilder();
        Browser browser;
        try (Logged logged = new Logged(Level.TRACE)) {
            browser = signedIn();
            send("POST", "/-/console/keep", fields(browser), own(browser.cookie));
            send("GET", "/-/", "", "Host: " + host(), browser.cookie);
            said.append(logged.lines());
        }
        Running.soon()
                .untilAsserted(() -> assertThat(Files.readString(accessLog)).contains(" - root [", "\"GET /-/ HTTP"));
        said.append(Files.readString(accessLog));
        assertThat(said)
                .contains("root, 127.0.0.1 signs in to the console")
                .doesNotContain(root.text(), browser.form, browser.cookie.split("=")[1]);
    }
}
