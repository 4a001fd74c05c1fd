package dev.cartd.server;

import dev.cartd.HostileInputs;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What a server answers to bytes that could be anything. */
class HostileRequestsTest {
    private static final List<String> REQUESTS = Stream.of("""
                    GET /x HTTP/1.1
                    Host: h
                    Range: bytes=0-9
                    If-None-Match: "a", W/"b"

                    """, """
                    HEAD /x HTTP/1.1
                    Host: h
                    If-Modified-Since: Sat, 21 Nov 2026 00:00:00 GMT

                    """, """
                    GET /a%2e%2e/b;c?filename=d&filename=../e HTTP/1.1
                    Host: h:80
                    Connection: close

                    """, """
                    GET /-/ready HTTP/1.0
                    Accept: text/html;q=0.5, */*

                    """, """
                    DELETE http://h/x HTTP/1.1
                    Host: h

                    """, """
                    POST /x HTTP/1.1
                    Host: h
                    X-Cartd-Keep: 7d
                    X-Cartd-Notify: https://hooks.example/a
                    Content-Type: application/json
                    Content-Length: 71

                    {"fileids": [{"id": "1", "path": "f", "hashtype": "md5", "hashsum": ""}]}""", """
                    POST /x HTTP/1.1
                    Host: h
                    Transfer-Encoding: chunked
                    Expect: 100-continue

                    b
                    {"fileids":
                    3;a=b
                    []}
                    0
                    T: u

                    """)
            .map(request -> request.replace("\n", "\r\n"))
            .toList();

    @Test
    void everyRequestIsAnsweredOrEnded() throws IOException {
        Duration idle = Duration.ofSeconds(1); // For those that wait for more.
        try (Running running = new Running(Running.times(idle, Duration.ofSeconds(5)))) {
            HostileInputs.fewBytes(REQUESTS, request -> {
                String answer = answer(running, request);
                if (!answer.isEmpty()) {
                    assertThat(answer).matches("(?s)HTTP/1\\.1 [1-4]\\d\\d .*|HTTP/1\\.1 50[135] .*");
                }
            });
            // On a busy machine this client too may be slower than the idle timeout.
            Running.soon()
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .untilAsserted(() ->
                            assertThat(running.ask("GET", "/-/health").status()).isEqualTo(200));
        }
    }

    private static String answer(Running running, byte[] request) throws IOException {
        try (Wire wire = running.connect()) {
            wire.say(request).hush();
            return new String(wire.rest(), StandardCharsets.ISO_8859_1);
        } catch (SocketException e) {
            return ""; // The server may end a connection that it does not like.
        }
    }
}
