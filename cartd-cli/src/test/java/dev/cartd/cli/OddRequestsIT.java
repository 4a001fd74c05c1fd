package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Requests as few clients send them: allowed by HTTP, or not, or meant to do harm. */
class OddRequestsIT {
    private static final ArchiveInterface ARCHIVE = new ArchiveInterface();

    private static LiveServer server;
    private static Http http;
    private static Order good;

    @BeforeAll
    static void start(@TempDir Path home) throws Exception {
        server = LiveServer.start(home, ARCHIVE.url(), "cartd.max_request_size = 20 KB");
        http = server.http();
        good = Order.random(ARCHIVE, 1, 2);
    }

    @AfterAll
    static void stop() throws Exception {
        try (ARCHIVE) {
            server.endUnharmed();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "application/json, 201",
        "application/json; charset=utf-8, 201",
        "Application/JSON;charset=UTF-8, 201",
        "text/javascript, 201",
        "text/javascript; charset=utf-8, 201",
        "text/plain, 415",
        "application/x-www-form-urlencoded, 415",
        "multipart/form-data; boundary=x, 415",
        "application/jsonx, 415",
        "nonsense, 415"
    })
    void a_body_of_another_content_type_is_refused(String type, int status) throws Exception {
        String uid = "type-" + Integer.toHexString(type.hashCode());
        Reply reply = http.post(uid, good.json(), "Content-Type", type);
        if (status == 415) {
            reply.assertError(415, "");
        }
        assertThat(reply.status()).isEqualTo(status);
        assertThat(http.head(uid).status() == 404).isEqualTo(status == 415);
    }

    @Test
    void too_large_a_body_is_refused_with_the_limit() throws Exception {
        String large = good.json().replace("{\"fileids\"", " ".repeat(20_000) + "{\"fileids\"");
        http.post("too-large", large).assertError(413, "20000");
        http.ask("POST", "too-large", BodyPublishers.fromPublisher(BodyPublishers.ofString(large)))
                .assertError(413, "20000");
        assertThat(http.head("too-large").status()).isEqualTo(404);
    }

    @Test
    void a_chunked_body_is_taken() throws Exception {
        Reply reply = http.ask("POST", "chunked", BodyPublishers.fromPublisher(BodyPublishers.ofString(good.json())));
        assertThat(reply.status()).isEqualTo(201);
        http.awaitReady("chunked");
    }

    @Test
    void a_client_that_expects_to_be_told_to_go_on_is_told() throws Exception {
        try (Wire wire = new Wire(server.port())) {
            wire.say("POST /expect HTTP/1.1\nHost: x\nExpect: 100-continue\nContent-Length: "
                    + good.json().length() + "\n\n");
            assertThat(wire.bareReply().status()).isEqualTo(100);
            // Its line ends must count as written.
            wire.say(good.json().replace("\n", " "));
            assertThat(wire.reply().status()).isEqualTo(201);
        }
    }

    @Test
    void a_client_that_expects_to_go_on_with_too_much_is_refused_first() throws Exception {
        try (Wire wire = new Wire(server.port())) {
            wire.say("POST /expect-much HTTP/1.1\nHost: x\nExpect: 100-continue\nContent-Length: 99999999\n\n");
            wire.reply().assertError(413, "20000");
        }
    }

    @Test
    void a_body_with_two_lengths_is_refused_and_never_a_second_request() throws Exception {
        String smuggled = "GET / HTTP/1.1\nHost: x\n\n";
        for (String lengths : new String[] {
            "Content-Length: 4\nTransfer-Encoding: chunked\n",
            "Transfer-Encoding: chunked\nContent-Length: 4\n",
            "Content-Length: 4\nContent-Length: 5\n",
            "Content-Length: -1\n",
            "Content-Length: 4x\n",
            "Transfer-Encoding: chunked, identity\n"
        }) {
            try (Wire wire = new Wire(server.port())) {
                wire.say("POST /smuggled HTTP/1.1\nHost: x\n" + lengths + "\n0\n\n" + smuggled);
                wire.reply().assertError(400, "");
                assertThat(new String(wire.rest(), StandardCharsets.ISO_8859_1))
                        .as(lengths)
                        .doesNotContain("HTTP/1.1 200");
            }
        }
        assertThat(http.head("smuggled").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NONSENSE\n\n",
                "GET\n\n",
                "GET /\u0001 HTTP/1.1\nHost: x\n\n",
                "GET / HTTP/1.1\n\n",
                "GET / HTTP/9.9\nHost: x\n\n",
                "GET / HTTP/1.1\nHost: x\nno colon\n\n",
                "GET / HTTP/1.1\nHost: x\nbad name: y\n\n"
            })
    void a_request_that_is_none_is_answered_with_an_error_document(String request) throws Exception {
        try (Wire wire = new Wire(server.port())) {
            Reply reply = wire.say(request).reply();
            reply.assertError(reply.status(), "");
            assertThat(reply.status()).isIn(400, 505);
        }
    }

    @Test
    void a_target_that_is_too_long_is_refused() throws Exception {
        try (Wire wire = new Wire(server.port())) {
            wire.say("GET /" + "a".repeat(100_000) + " HTTP/1.1\nHost: x\n\n")
                    .reply()
                    .assertError(414, "");
        }
    }

    @Test
    void headers_that_are_too_large_are_refused() throws Exception {
        try (Wire wire = new Wire(server.port())) {
            wire.say("GET / HTTP/1.1\nHost: x\nX-Large: " + "a".repeat(100_000) + "\n\n")
                    .reply()
                    .assertError(431, "");
        }
    }

    @Test
    void a_client_that_leaves_in_the_middle_leaves_nothing() throws Exception {
        try (Wire wire = new Wire(server.port())) {
            wire.say("POST /left HTTP/1.1\nHost: x\nContent-Length: 1000\n\n{\"fileids\": [");
        }
        assertThat(http.head("left").status()).isEqualTo(404);
    }

    @Test
    void two_requests_at_once_on_one_connection_are_answered_in_order() throws Exception {
        try (Wire wire = new Wire(server.port())) {
            wire.say("GET /nothing HTTP/1.1\nHost: x\n\nGET / HTTP/1.1\nHost: x\n\n");
            assertThat(wire.reply().status()).isEqualTo(404);
            assertThat(wire.reply().status()).isEqualTo(200);
        }
    }
}
