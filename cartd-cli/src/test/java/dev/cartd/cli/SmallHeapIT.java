package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** Giants, many at once, on a program with a heap of 256 MB: they wait for each other, and nobody else for them. */
@Timeout(600)
class SmallHeapIT {
    private static final String MD5 = "0123456789abcdef0123456789abcdef";

    private final ArchiveInterface archive = new ArchiveInterface();

    @TempDir
    private Path home;

    @AfterEach
    void stop() throws IOException {
        archive.close();
    }

    /** A cart of files that the archive answers for one after the other. */
    private static String giant(int number, int files) {
        StringBuilder json = new StringBuilder("{\"fileids\": [");
        for (int i = 0; i < files; i++) {
            json.append(i == 0 ? "{\"id\": \"" : "}, {\"id\": \"")
                    .append(number * 1_000_000 + i)
                    .append("\", \"path\": \"proposal/run ")
                    .append(i / 1000)
                    .append("/a file with a name of some length ")
                    .append(i)
                    .append(".raw\", \"hashtype\": \"md5\", \"hashsum\": \"" + MD5 + "\"");
        }
        return json.append("}]}").toString();
    }

    private static void assertServes(LiveServer server) throws IOException {
        assertThat(server.isAlive()).as("the server lives").isTrue();
        assertThat(server.http().head("nobody").pacifica()).startsWith("404 error");
        assertThat(server.http().post("small", giant(99, 1)).status()).isEqualTo(201);
        assertThat(server.http().delete("small").status()).isEqualTo(200);
    }

    @Test
    void nine_carts_of_100_000_files_are_in_work_at_once_and_after_a_restart() throws Exception {
        archive.holdAll();
        archive.slow(Duration.ofMillis(20), Long.MAX_VALUE);
        try (LiveServer server = LiveServer.start(home, archive.url())) {
            for (int i = 0; i < 9; i++) {
                assertTaken(server, "giant" + i, giant(i, 100_000));
            }
            awaitAllInWork(server);
            server.kill();
            server.startAgain();
            awaitAllInWork(server);
            for (int i = 0; i < 9; i++) {
                assertThat(server.http().delete("giant" + i).status()).isEqualTo(200);
            }
            server.assertUnharmed();
        }
    }

    /** While others are being read it may have to be sent again. */
    private static void assertTaken(LiveServer server, String uid, String body) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> server.http().post(uid, body).status(), status -> {
                    assertThat(status).isIn(201, 503);
                    return status == 201;
                });
    }

    /** Each has had a step: the archive was asked about files, and for them, since the last time. */
    private void awaitAllInWork(LiveServer server) {
        long before = asked();
        await().atMost(Duration.ofMinutes(4))
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> {
                    assertServes(server);
                    assertThat(asked()).isGreaterThan(before + 50);
                    for (int i = 0; i < 9; i++) {
                        assertThat(server.http().head("giant" + i).pacifica()).startsWith("204 staging");
                    }
                });
    }

    private long asked() {
        return archive.requests("HEAD") + archive.requests("POST");
    }

    @Test
    void a_cart_of_900_000_files_is_refused_and_what_the_heap_bears_is_told() throws Exception {
        try (LiveServer server = LiveServer.start(home, archive.url())) {
            assertThat(server.log()).contains("[cartd] max_files is 1000000, but the heap of");
            server.http().post("giant", giant(1, 900_000)).assertError(413, "at most");
            assertThat(server.http().head("giant").status()).isEqualTo(404);
            assertServes(server);
            server.assertUnharmed();
        }
    }

    @Test
    void many_that_are_sent_at_once_are_taken_or_told_to_come_again() throws Exception {
        String giant = giant(1, 100_000);
        byte[] body = giant.getBytes(StandardCharsets.UTF_8);
        List<Socket> clients = new ArrayList<>();
        try (LiveServer server = LiveServer.start(home, archive.url())) {
            for (int i = 0; i < 8; i++) {
                Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port());
                clients.add(client);
                client.setSoTimeout(60_000);
                String head = "POST /at-once-" + i + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: "
                        + body.length + "\r\n\r\n";
                client.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
                client.getOutputStream().write(body, 0, body.length - 1);
            }
            assertServes(server);
            int taken = 0;
            for (Socket client : clients) {
                client.getOutputStream().write(body, body.length - 1, 1);
                byte[] answer = client.getInputStream().readNBytes(500);
                String text = new String(answer, StandardCharsets.UTF_8);
                assertThat(text).containsAnyOf(" 201 ", " 503 ");
                assertThat(text.contains(" 503 ")).isEqualTo(text.contains("Retry-After"));
                taken += text.contains(" 201 ") ? 1 : 0;
            }
            assertThat(taken).isPositive();
            server.assertUnharmed();
        } finally {
            closeAll(clients);
        }
    }

    @Test
    void many_slow_readers_of_one_cart_under_as_many_names() throws Exception {
        Order order = new Order(archive);
        for (int i = 0; i < 10_000; i++) {
            order.file(
                    "dir" + i / 100 + "/a file with a name of some length " + i,
                    new byte[] {(byte) i, (byte) (i >> 8)});
        }
        List<Socket> readers = new ArrayList<>();
        try (LiveServer server = LiveServer.start(home, archive.url())) {
            server.http().order("many", order.json());
            await().atMost(Duration.ofSeconds(150))
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> server.http().head("many").pacifica().equals("204 ready"));
            try {
                for (int i = 0; i < 75; i++) {
                    // Some names make headers longer, so that the files begin elsewhere.
                    Socket reader = reader(server, "/many?filename=" + "n".repeat(i) + "x" + i + ".tar");
                    readers.add(reader);
                    assertThat(new String(reader.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                            .isEqualTo("HTTP/1.1 200");
                }
                assertServes(server);
                assertThat(server.http()
                                .get("many?filename=last.tar", "Range", "bytes=0-99")
                                .status())
                        .isEqualTo(206);
            } finally {
                closeAll(readers); // Before the server ends, which would wait for them.
            }
            server.assertUnharmed();
        }
    }

    private static void closeAll(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private static Socket reader(LiveServer server, String target) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(8 * 1024);
        socket.setSoTimeout(60_000);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        socket.getOutputStream()
                .write(("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        return socket;
    }
}
