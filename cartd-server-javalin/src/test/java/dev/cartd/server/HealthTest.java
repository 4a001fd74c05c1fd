package dev.cartd.server;

import dev.cartd.Condition;
import dev.cartd.cart.Outage;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class HealthTest {
    private static final String SERVER = "{\"name\": \"server\", \"ok\": true, \"since\": null, \"reason\": \"\"}";

    private final Running running = new Running();

    @AfterEach
    void stop() {
        running.close();
    }

    private static Condition away(String name, String reason) {
        return new Condition(name, Optional.of(new Outage.Away(Instant.parse("2026-11-22T02:14:00Z"), reason)));
    }

    @Test
    void aReadyServerHasALineForEachThingThatItNeeds() throws IOException {
        running.carts.conditions = List.of(new Condition("database", Optional.empty()));
        Reply reply = running.ask("GET", "/-/ready");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("Content-Type")).isEqualTo("application/json");
        assertThat(reply.header("Cache-Control")).isEqualTo("no-store");
        assertThat(reply.text()).isEqualTo("{\"ready\": true, \"checks\": [\n" + SERVER + """
                ,
                {"name": "database", "ok": true, "since": null, "reason": ""}
                ]}
                """);
        assertThat(running.ask("HEAD", "/-/ready").status()).isEqualTo(200);
    }

    @Test
    void aServerWithoutSomethingIsAliveAndNotReady() throws IOException {
        running.carts.conditions =
                List.of(new Condition("database", Optional.empty()), away("archive", "the \"tape\"\nis out"));
        Reply reply = running.ask("GET", "/-/ready");
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.text())
                .startsWith("{\"ready\": false, ")
                .contains(SERVER)
                .endsWith("""
                {"name": "archive", "ok": false, "since": "2026-11-22T02:14:00Z", "reason": "the \\"tape\\"\\nis out"}
                ]}
                """);
        assertThat(running.ask("HEAD", "/-/ready").status()).isEqualTo(503);
        assertThat(running.ask("GET", "/-/health").status()).isEqualTo(200);
    }

    @Test
    void aServerThatStartsSaysWhatItWaitsFor() throws IOException {
        try (CartdServer server = CartdServer.bind(Running.CONFIG);
                Wire wire = new Wire(server.port())) {
            server.waitsFor("the database");
            Reply reply = wire.say(Running.request("GET", "/-/ready") + "\r\n").reply();
            assertThat(reply.status()).isEqualTo(503);
            assertThat(reply.text())
                    .contains("\"name\": \"server\", \"ok\": false, \"since\": \"20")
                    .contains("\"reason\": \"cartd is starting: it waits for the database\"");
            assertThat(wire.say(Running.request("GET", "/-/health") + "\r\n")
                            .reply()
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void aServerThatStopsIsNotReadyButAnswers() throws IOException {
        running.server.drain();
        Reply reply = running.ask("GET", "/-/ready");
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.text()).contains("\"reason\": \"cartd is stopping\"");
        assertThat(running.ask("HEAD", "/nobody").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/-/health", "/-/ready"})
    void onlyGetAndHeadAreAllowed(String target) throws IOException {
        for (String method : List.of("POST", "PUT", "DELETE", "FOO")) {
            Reply reply = running.ask(method, target);
            assertThat(reply.status()).as(method).isEqualTo(405);
            assertThat(reply.header("Allow")).isEqualTo("GET, HEAD");
        }
    }
}
