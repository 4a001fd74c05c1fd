package dev.cartd.archive.pacifica;

import dev.cartd.spi.ArchiveException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Bytes on a socket that no web server would send. */
class HostileServerTest {
    private final ServerSocket server = listen();
    private final PacificaArchive archive = archive(Duration.ofSeconds(20));

    /** Gives up soon, for answers that do not end by themselves. */
    private final PacificaArchive impatient = archive(Duration.ofMillis(500));

    private static ServerSocket listen() {
        try {
            return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private PacificaArchive archive(Duration timeout) {
        return new PacificaArchive(URI.create("http://127.0.0.1:" + server.getLocalPort() + "/"), timeout, 2);
    }

    @AfterEach
    void close() throws IOException {
        archive.close();
        impatient.close();
        server.close();
    }

    @FunctionalInterface
    private interface Answer {
        void to(OutputStream client) throws IOException, InterruptedException;
    }

    private void serve(Answer answer) {
        Thread thread = new Thread(() -> {
            while (!server.isClosed()) {
                try (Socket client = server.accept()) {
                    client.getInputStream().read(new byte[4096]);
                    answer.to(client.getOutputStream());
                } catch (IOException | InterruptedException e) {
                    // The client left: let the next one in.
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(String text) {
        serve(client -> client.write(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** Sends the piece again and again, each long before the timeout, until the client has had enough. */
    private static Answer drip(String first, String piece) {
        return client -> {
            client.write(first.getBytes(StandardCharsets.ISO_8859_1));
            while (true) {
                client.write(piece.getBytes(StandardCharsets.ISO_8859_1));
                client.flush();
                TimeUnit.MILLISECONDS.sleep(20);
            }
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 204 No Content\r\nX-", "HTTP/1.1 100 Continue\r\n\r\n", "H"})
    void anAnswerThatDripsIsGivenUp(String first) {
        serve(drip(first, first.contains("100") ? first : "a"));
        long before = System.nanoTime();
        assertThatThrownBy(() -> impatient.stage("x"))
                .isInstanceOf(ArchiveException.Unreachable.class)
                .hasMessage("127.0.0.1:" + server.getLocalPort() + ": no whole answer within 1500 ms");
        assertThatThrownBy(() -> impatient.pull("x", 0, 5)).isInstanceOf(ArchiveException.Unreachable.class);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void anErrorThatDripsIsStillTheErrorItIs() {
        serve(drip("HTTP/1.1 500 Oops\r\n\r\n", "a"));
        assertThatThrownBy(() -> impatient.stage("x"))
                .isInstanceOf(ArchiveException.Refused.class)
                .hasMessage("the archive answers 500: Oops");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 500 Oops\r\nContent-Length: 99999999999999999999\r\n\r\n{}",
                "HTTP/1.1 500 Oops\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}",
                "HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n{}",
                "HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\nzzzzzzzzzzzzzzzzzzzzzzzzz",
                "HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n",
                "HTTP/1.1 500 Oops\r\nContent-Length: 5\r\n\r\n{"
            })
    void anErrorWithABrokenBodyIsStillTheErrorItIs(String answer) {
        serve(answer);
        assertThatThrownBy(() -> archive.stage("x"))
                .isInstanceOf(ArchiveException.Refused.class)
                .hasMessage("the archive answers 500: Oops");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: chunked\r\n\r\n-5\r\nab",
                "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nab",
                "Transfer-Encoding: chunked\r\n\r\nzz\r\nab",
                "Transfer-Encoding: chunked\r\n\r\n2\r\nab2\r\n",
                "Content-Length: 99\r\n\r\nab"
            })
    void contentInABrokenFrameFailsTheRead(String rest) throws IOException {
        serve("HTTP/1.1 200 OK\r\n" + rest);
        try (InputStream content = archive.pull("x", 0, 5)) {
            assertThatThrownBy(content::readAllBytes).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.2\r\n",
                "HTTP/1.1 abc\r\n\r\n",
                "HTTP/9.9 200 OK\r\n\r\n",
                "\0\0\0\0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nab",
                "HTTP/1.1 500 Oops\r\nContent-Length: -5\r\n\r\nab",
                "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
                "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n"
            })
    void whatIsNoHttpIsRefused(String answer) {
        serve(answer);
        assertThatThrownBy(() -> archive.stage("x"))
                .isInstanceOf(ArchiveException.Refused.class)
                .hasMessageStartingWith("the archive's answer makes no sense: ");
    }

    /** Sends the piece without end and as fast as it is taken, and counts how much that is. */
    private Answer flood(String first, String piece, AtomicLong sent) {
        return client -> {
            client.write(first.getBytes(StandardCharsets.ISO_8859_1));
            byte[] bytes = piece.repeat(10_000).getBytes(StandardCharsets.ISO_8859_1);
            while (true) {
                client.write(bytes);
                sent.addAndGet(bytes.length);
            }
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "X-A: a\r\n", "X-A: a\r\n b\r\n"})
    void headersWithoutEndAreGivenUp(String piece) {
        AtomicLong sent = new AtomicLong();
        serve(flood("HTTP/1.1 200 OK\r\n", piece, sent));
        assertThatThrownBy(() -> archive.pull("x", 0, 5)).isInstanceOf(ArchiveException.class);
        assertThat(sent).hasValueLessThan(20_000_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5;", "5\r\nabcde", "0\r\n", "0\r\nX-A: "})
    void aChunkWithoutEndIsGivenUp(String first) throws IOException {
        AtomicLong sent = new AtomicLong();
        serve(flood("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + first, "a", sent));
        try (InputStream content = archive.pull("x", 0, 5)) {
            assertThatThrownBy(content::readAllBytes).isInstanceOf(IOException.class);
        }
        assertThat(sent).hasValueLessThan(20_000_000);
    }

    @Test
    void contentThatIsLongIsNotTakenForAFlood() throws IOException {
        byte[] chunk = ("10000\r\n" + "a".repeat(0x10000) + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        serve(client -> {
            client.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            for (int i = 0; i < 100; i++) {
                client.write(chunk);
            }
            client.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        });
        try (InputStream content = archive.pull("x", 0, 100 * 0x10000)) {
            assertThat(content.readNBytes(5_000_000)).hasSize(5_000_000);
            assertThat(content.readAllBytes()).hasSize(100 * 0x10000 - 5_000_000);
        }
    }

    @Test
    void aConnectionThatIsNeverAcceptedIsUnreachable() {
        assertThatThrownBy(() -> impatient.stage("x"))
                .isInstanceOf(ArchiveException.Unreachable.class)
                .hasMessage("127.0.0.1:" + server.getLocalPort() + ": not a byte for 500 ms");
    }
}
