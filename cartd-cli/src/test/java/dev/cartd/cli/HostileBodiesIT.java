package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Bodies that would fill the memory, sent to a program with a heap of 256 MB. */
@NullUnmarked
class HostileBodiesIT {
    private static final int LENGTH = 62_000_000;
    private static final ArchiveInterface ARCHIVE = new ArchiveInterface();

    private static LiveServer server;

    @BeforeAll
    static void start(@TempDir Path home) throws Exception {
        server = LiveServer.start(home, ARCHIVE.url());
    }

    @AfterAll
    static void stop() throws Exception {
        try (ARCHIVE) {
            server.endUnharmed();
        }
    }

    static Stream<Arguments> bodies() {
        String item = "{\"fileids\": [{\"id\": ";
        return Stream.of(
                arguments("digits in an unknown key", "{\"x\": ", "1"),
                arguments("digits as an id", item, "7"),
                arguments("an exponent as an id", item + "1e", "9"),
                arguments("a string in an unknown key", "{\"x\": \"", "x"),
                arguments("a string as an id", item + "\"", "x"),
                arguments("escapes", "{\"x\": \"", "\\u00fc"),
                arguments("a name", "{\"", "n"),
                arguments("white space", "{", " \n"),
                arguments("lists", "{\"x\": ", "["),
                arguments("objects", "{\"x\": ", "{\"a\":"),
                arguments("names of 40 kB", "{", "\"" + "n".repeat(40_000) + "%d\":1,"),
                arguments("names", "{\"x\": {", "\"%d\":1,"),
                arguments("lists again and again", "{", "\"fileids\":[],"),
                arguments("bytes that are no JSON", "", "x"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bodies")
    void a_body_that_never_ends_is_answered_and_harms_nobody(String what, String begin, String again) throws Exception {
        assertThat(refusal(begin, again)).as(what).matches("HTTP/1.1 (400|413|503) .*");
        assertThat(server.http().head("nobody").pacifica()).as(what).startsWith("404 error");
        assertThat(server.isAlive()).as(what).isTrue();
    }

    /** The first line of the answer. */
    private static String refusal(String begin, String again) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(60_000);
            OutputStream out = socket.getOutputStream();
            send(out, "POST /hostile HTTP/1.1\r\nHost: x\r\nContent-Length: " + LENGTH + "\r\n\r\n" + begin);
            int number = 0;
            try {
                for (long sent = begin.length(); sent < LENGTH; ) {
                    StringBuilder piece = new StringBuilder();
                    while (piece.length() < 100_000) {
                        piece.append(again.replace("%d", "" + number++));
                    }
                    piece.setLength((int) Math.min(piece.length(), LENGTH - sent));
                    send(out, piece.toString());
                    sent += piece.length();
                }
            } catch (IOException e) {
                assertThat(server.isAlive()).as("it refused %s: %s", begin, e).isTrue();
            }
            byte[] answer = socket.getInputStream().readNBytes(200);
            return new String(answer, StandardCharsets.UTF_8)
                    .lines()
                    .findFirst()
                    .orElse("no answer");
        }
    }

    private static void send(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }
}
