package dev.cartd.server;

import dev.cartd.cart.Cart.Progress;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartStatus;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class RoutesTest {
    private static final String UP = "{\"message\": \"Pacifica Cartd Interface Up and Running\"}";

    private final Running running = new Running();
    private final FakeCarts carts = running.carts;

    @AfterEach
    void stop() {
        running.close();
    }

    private static String document(String status, String message) {
        return "{\"status\": \"" + status + "\", \"message\": \"" + message
                + "\", \"traceback\": \"\", \"version\": \"1.2.3\"}";
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "//", "///", "/?filename=x.tar", "/?uid=x", "http://cartd/", "http://elsewhere/"})
    void theRootSaysThatTheServiceIsUp(String target) throws IOException {
        Reply reply = running.ask("GET", target);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text()).isEqualTo(UP);
        assertThat(reply.header("Content-Type")).isEqualTo("application/json");
    }

    @Test
    void headOfTheRootHasNoBody() throws IOException {
        Reply reply = running.ask("HEAD", "/");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("Content-Length")).isEqualTo(String.valueOf(UP.length()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "FOO", "get", "M-SEARCH"})
    void theRootAllowsNothingElse(String method) throws IOException {
        Reply reply = running.ask(method, "/");
        assertThat(reply.status()).isEqualTo(405);
        assertThat(reply.header("Allow")).isEqualTo("GET, HEAD");
        assertThat(reply.text())
                .isEqualTo(document("405 Method Not Allowed", "Specified method is invalid for this resource"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "PATCH", "OPTIONS", "TRACE", "FOO", "head", "QUERY", "PROPFIND"})
    void aCartAllowsFourMethods(String method) throws IOException {
        Reply reply = running.ask(method, "/x");
        assertThat(reply.status()).isEqualTo(405);
        assertThat(reply.header("Allow")).isEqualTo("DELETE, GET, HEAD, POST");
        assertThat(reply.text()).startsWith("{\"status\": \"405 Method Not Allowed\"");
    }

    @Test
    void optionsOfEverythingIsNotAllowed() throws IOException {
        assertThat(running.ask("OPTIONS", "*").status()).isEqualTo(405);
    }

    @Test
    void aHeaderCannotChangeTheMethod() throws IOException {
        carts.put("x", CartStatus.WAITING, "", Progress.ofUnknownSize(1, 0, 0));
        assertThat(running.ask("GET", "/x", "X-HTTP-Method-Override: DELETE").status())
                .isEqualTo(202);
        assertThat(carts.carts).containsKey("x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a/b", "/a/b/", "/a//b", "/../x", "/a/../b", "/WEB-INF/web.xml", "/-/x", "//-/x"})
    void otherPathsAreNowhere(String target) throws IOException {
        for (String method : List.of("GET", "POST", "PUT", "DELETE", "FOO")) {
            Reply reply = running.ask(method, target);
            assertThat(reply.status()).as(method).isEqualTo(404);
            assertThat(reply.text()).isEqualTo(document("404 Not Found", "Nothing matches the given URI"));
        }
        assertThat(running.ask("HEAD", target).pacifica()).containsExactly("error", "Nothing matches the given URI");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/x", "//x", "/x/", "//x//", "/x?y=z", "/x#y", "/%78", "http://elsewhere/x", "/x?%zz"})
    void manyPathsMeanOneCart(String target) throws IOException {
        carts.put("x", CartStatus.READY, "", new Progress(1, 1, 1, 1));
        assertThat(running.ask("HEAD", target).pacifica()).containsExactly("ready", "");
        assertThat(running.ask("DELETE", target).status()).isEqualTo(200);
        assertThat(carts.carts).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/..%2F..%2Fx, ../../x",
        "/%2e%2e%2f%2E%2e%2fx, ../../x",
        "/.., ..",
        "/%2e%2e, ..",
        "/a%2Fb, a/b",
        "/%2F, /",
        "/%C3%BC%F0%9F%98%80, ü😀",
        "/ü, ü",
        "/%00, '\u0000'",
        "/a%0d%0ab, 'a\r\nb'",
        "/%zz, %zz",
        "/%, %",
        "/100%, 100%",
        "/%2, %2",
        "/%25zz, %zz",
        "/%2525, %25",
        "/a;b=c, a;b=c",
        "/..;x, ..;x",
        "/a+b, a+b",
        "/a%20b, a b",
        "/a\\b, a\\b",
        "/-, -",
        "/*, *",
        "/%ff, \ufffd",
    })
    void anyTextIsFoundAsAUid(String target, String uid) throws IOException {
        carts.put(uid, CartStatus.ERROR, "no", Progress.ofUnknownSize(1, 0, 0));
        assertThat(running.ask("HEAD", target).pacifica()).containsExactly("error", "no");
        assertThat(running.ask("GET", target).text()).isEqualTo(document("500 Internal Server Error", "no"));
        assertThat(running.ask("DELETE", target).text()).isEqualTo("{\"message\": \"Cart Deleted Successfully\"}");
        assertThat(running.ask("HEAD", target).status()).isEqualTo(404);
        assertThat(running.ask("GET", target).status()).isEqualTo(404);
        assertThat(running.ask("DELETE", target).status()).isEqualTo(404);
    }

    @Test
    void anUnknownCart() throws IOException {
        Reply head = running.ask("HEAD", "/n%C3%BC");
        assertThat(head.status()).isEqualTo(404);
        assertThat(head.pacifica()).containsExactly("error", "No cart with uid n%C3%BC found");
        assertThat(running.ask("GET", "/nosuch").text())
                .isEqualTo(document("404 Not Found", "The cart does not exist or has already been deleted"));
        assertThat(running.ask("DELETE", "/nosuch").text()).isEqualTo(document("404 Not Found", "Not Found"));
    }

    @ParameterizedTest
    @CsvSource({"WAITING, 202", "STAGING, 204", "BUNDLING, 202", "READY, 204", "ERROR, 500", "DELETED, 404"})
    void headTellsEveryState(CartStatus status, int code) throws IOException {
        carts.put("x", status, status == CartStatus.ERROR ? "why" : "", new Progress(1, 1, 5, 5));
        Reply reply = running.ask("HEAD", "/x");
        assertThat(reply.status()).isEqualTo(code);
        assertThat(reply.header("X-Pacifica-Status")).isEqualTo(status == CartStatus.DELETED ? "error" : status.word());
        assertThat(reply.headers()).containsKey("x-pacifica-message");
    }

    @ParameterizedTest
    @EnumSource(names = {"WAITING", "STAGING", "BUNDLING"})
    void aCartInWorkTellsItsProgress(CartStatus status) throws IOException {
        carts.put("x", status, "", new Progress(100, 12, 20_971_520, 1_048_576));
        Reply reply = running.ask("HEAD", "/x");
        assertThat(reply.pacifica()).containsExactly(status.word(), "");
        assertThat(reply.header("X-Cartd-Files")).isEqualTo("12/100");
        assertThat(reply.header("X-Cartd-Bytes")).isEqualTo("1048576/20971520");
        assertThat(reply.header("Retry-After")).isEqualTo("5");
        carts.put("x", status, "", Progress.ofUnknownSize(100, 12, 0));
        assertThat(running.ask("HEAD", "/x").headers()).doesNotContainKey("x-cartd-bytes");
    }

    @Test
    void aCartInTheLineTellsWhatItWaitsFor() throws IOException {
        carts.put("x", CartStatus.STAGING, "Waits for room: it needs 93 GB", new Progress(1, 0, 5, 0));
        Reply reply = running.ask("HEAD", "/x");
        assertThat(reply.status()).isEqualTo(204);
        assertThat(reply.pacifica()).containsExactly("staging", "Waits for room: it needs 93 GB");
    }

    @ParameterizedTest
    @EnumSource(names = {"WAITING", "STAGING", "BUNDLING"})
    void aCartInWorkIsNotDownloaded(CartStatus status) throws IOException {
        carts.put("x", status, "", Progress.ofUnknownSize(1, 0, 0));
        Reply reply = running.ask("GET", "/x?filename=a.tar", "Range: bytes=0-9");
        assertThat(reply.status()).isEqualTo(202);
        assertThat(reply.text()).isEqualTo("The cart is not ready for download.");
        assertThat(reply.header("Content-Type")).isEqualTo("application/json");
    }

    @Test
    void aReasonIsOneLineOfAscii() throws IOException {
        carts.put(
                "x", CartStatus.ERROR, "Failed\r\nX-Evil: 1\n ü " + "y".repeat(5000), Progress.ofUnknownSize(1, 0, 0));
        Reply head = running.ask("HEAD", "/x");
        assertThat(head.status()).isEqualTo(500);
        assertThat(head.headers()).doesNotContainKey("x-evil");
        assertThat(head.header("X-Pacifica-Message"))
                .startsWith("Failed%0D%0AX-Evil: 1%0A %C3%BC yyy")
                .hasSize(1024);
        assertThat(running.ask("GET", "/x").text()).contains("\"message\": \"Failed\\r\\nX-Evil: 1\\n ü yyy");
    }

    @Test
    void aStoreThatIsAwayMakesClientsAskAgain() throws IOException {
        carts.failure = Optional.of(new CartException.Unavailable("the database is away", new IOException("x")));
        try (Logged logged = new Logged()) {
            Reply head = running.ask("HEAD", "/x");
            assertThat(head.status()).isEqualTo(503);
            assertThat(head.pacifica()).containsExactly("staging", "the database is away");
            for (String method : List.of("GET", "DELETE")) {
                Reply reply = running.ask(method, "/x");
                assertThat(reply.text()).isEqualTo(document("503 Service Unavailable", "the database is away"));
                assertThat(reply.header("Retry-After")).isEqualTo("10");
            }
            assertThat(logged.lines()).containsExactly("requests cannot be answered now: the database is away");
            assertThat(logged.traces()).isEmpty();
        }
    }

    @Test
    void aVolumeThatIsAwayMakesClientsAskAgainAndIsNotLoggedForEach() throws IOException {
        carts.failure = Optional.of(new CartException.VolumeAway("The volume cannot be used", new IOException("x")));
        try (Logged logged = new Logged()) {
            Reply head = running.ask("HEAD", "/x");
            assertThat(head.status()).isEqualTo(503);
            assertThat(head.pacifica()).containsExactly("staging", "The volume cannot be used");
            Reply get = running.ask("GET", "/x");
            assertThat(get.text()).isEqualTo(document("503 Service Unavailable", "The volume cannot be used"));
            assertThat(get.header("Retry-After")).isEqualTo("10");
            assertThat(logged.lines()).isEmpty();
        }
    }

    @Test
    void whatNobodyForesawIsLoggedOnceAndNotTold() throws IOException {
        carts.failure = Optional.of(new IllegalStateException("secret"));
        try (Logged logged = new Logged()) {
            Reply head = running.ask("HEAD", "/x");
            assertThat(head.status()).isEqualTo(503);
            assertThat(head.header("X-Pacifica-Status")).isEqualTo("staging");
            for (String method : List.of("GET", "DELETE")) {
                Reply reply = running.ask(method, "/x");
                assertThat(reply.status()).isEqualTo(500);
                assertThat(reply.text())
                        .startsWith("{\"status\": \"500 Internal Server Error\"")
                        .doesNotContain("secret");
            }
            assertThat(logged.traces()).hasSize(3);
            assertThat(logged.lines()).hasSize(3).contains("HEAD /x failed");
        }
    }

    @Test
    void clientsFaultsLeaveNoTraceInTheLog() throws IOException {
        try (Logged logged = new Logged()) {
            running.ask("GET", "/nosuch");
            running.ask("FOO", "/nosuch");
            running.post("/x", "no json");
            running.post("/x", "{}", "Content-Type: text/plain");
            running.ask("GET", "/" + "x".repeat(20_000));
            try (Wire wire = running.connect()) {
                wire.say("\u0001\r\n\r\n").rest();
            }
            assertThat(logged.traces()).isEmpty();
        }
    }

    @Test
    void aConnectionIsUsedAgain() throws IOException {
        try (Wire wire = running.connect()) {
            for (int i = 0; i < 3; i++) {
                assertThat(wire.say(Running.request("GET", "/nosuch") + "\r\n")
                                .reply()
                                .status())
                        .isEqualTo(404);
                assertThat(wire.say(Running.request("HEAD", "/nosuch") + "\r\n")
                                .headReply()
                                .status())
                        .isEqualTo(404);
            }
            wire.say(
                    "DELETE /nosuch HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(wire.reply().status()).isEqualTo(404);
            assertThat(wire.reply().text()).isEqualTo(UP);
        }
    }

    @Test
    void noAnswerTellsWhatTheServerIs() throws IOException {
        assertThat(running.ask("GET", "/").headers()).doesNotContainKeys("server", "x-powered-by", "set-cookie");
    }
}
