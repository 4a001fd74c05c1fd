package dev.cartd.server;

import dev.cartd.cart.CartRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Clients that are slow hold nothing but their connection, and not that for ever. */
class SlowClientsTest {
    /** Short, and yet longer than a busy machine may keep this test from saying something. */
    private static final Duration IDLE = Duration.ofSeconds(3);

    /** More than there are threads for requests. */
    private static final int PAGES = 50;

    private final ScheduledExecutorService ticks = Executors.newScheduledThreadPool(4);

    @AfterEach
    void stop() {
        ticks.shutdownNow();
    }

    /** A client with small buffers, so that the server soon has to wait for it. */
    private static Socket reader(CartdServer server, String target) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(16 * 1024);
        socket.setSoTimeout(20_000);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        socket.getOutputStream().write((Running.request("GET", target) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    @Test
    void manySlowReadersHoldUpNobody() throws Exception {
        try (Running running = new Running(Running.times(Duration.ofSeconds(30), Duration.ZERO))) {
            FakeBundle bundle = running.carts.ready("x", FakeBundle.of(50_000_000));
            List<Socket> readers = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                Socket reader = reader(running.server, "/x");
                readers.add(reader);
                var unused = ticks.scheduleAtFixedRate(() -> take(reader, 1000), i, 50, TimeUnit.MILLISECONDS);
            }
            Running.soon().untilAsserted(() -> assertThat(bundle.open).hasValue(300));
            try (Wire wire = running.connect()) {
                for (int i = 0; i < 100; i++) {
                    assertThat(wire.say(Running.request("HEAD", "/x") + "\r\n")
                                    .headReply()
                                    .status())
                            .isEqualTo(204);
                }
            }
            assertThat(bundle.open).as("no reader had to end for an answer").hasValue(300);
            assertThat(running.post("/y", PostTest.GOOD).status()).isEqualTo(201);
            assertThat(running.ask("GET", "/x", "Range: bytes=0-99999").body()).hasSize(100_000);
            for (Socket reader : readers) {
                reader.close();
            }
            Running.soon().untilAsserted(() -> assertThat(bundle.open).hasValue(0));
        }
    }

    private static void take(Socket reader, int bytes) {
        try {
            reader.getInputStream().readNBytes(bytes);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void slowReadersOfPagesHoldUpNobody(@TempDir Path volume) throws Exception {
        ServerConfig config = Running.limits(1_000_000, 1000, PAGES);
        List<Socket> readers = new ArrayList<>();
        try (Logged logged = new Logged();
                Serving serving = Serving.idle(volume, config)) {
            String folder = "\u65e5".repeat(85) + "/";
            serving.cartd.submit(new CartRequest(
                    "x",
                    false,
                    IntStream.range(0, 1000)
                            .mapToObj(i -> CartRequest.Item.of("a" + i, folder.repeat(6) + i, "md5", "0".repeat(32)))
                            .toList()));
            for (int i = 0; i < PAGES; i++) {
                readers.add(reader(serving.server, "/-/carts/x/files"));
            }
            for (Socket reader : readers) {
                assertThat(reader.getInputStream().readNBytes(15))
                        .isEqualTo("HTTP/1.1 200 OK".getBytes(StandardCharsets.US_ASCII));
            }
            assertThat(serving.get("/-/health").statusCode()).isEqualTo(200);
            assertThat(serving.get("/-/carts/x/files").statusCode())
                    .as("nobody has left")
                    .isEqualTo(503);
            for (Socket reader : readers) {
                reader.close();
            }
            Running.soon()
                    .untilAsserted(
                            () -> assertThat(serving.get("/-/carts/x/files").statusCode())
                                    .isEqualTo(200));
            assertThat(logged.lines()).isEmpty();
        } finally {
            for (Socket reader : readers) {
                reader.close();
            }
        }
    }

    @Test
    void aReaderThatTakesNothingIsCut() throws Exception {
        try (Running running = new Running(Running.times(IDLE, Duration.ofSeconds(5)))) {
            FakeBundle bundle = running.carts.ready("x", FakeBundle.of(100_000_000));
            try (Socket reader = reader(running.server, "/x")) {
                Running.soon().untilAsserted(() -> assertThat(bundle.opened).hasValue(1));
                Running.soon().untilAsserted(() -> assertThat(bundle.open).hasValue(0));
                assertThatThrownBy(() -> reader.getInputStream().readAllBytes()).isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void aReaderThatTakesALittleIsNotCut() throws Exception {
        try (Running running = new Running(Running.times(IDLE, Duration.ZERO))) {
            FakeBundle bundle = running.carts.ready("x", FakeBundle.of(100_000_000));
            try (Socket reader = reader(running.server, "/x")) {
                long until = System.nanoTime() + 2 * IDLE.toNanos();
                AtomicBoolean failed = new AtomicBoolean();
                // The kernel's buffers hold far more than is read in this time.
                var reading = ticks.scheduleAtFixedRate(
                        () -> {
                            try {
                                failed.compareAndSet(
                                        false, reader.getInputStream().readNBytes(20_000).length < 20_000);
                            } catch (IOException e) {
                                failed.set(true);
                            }
                        },
                        0,
                        100,
                        TimeUnit.MILLISECONDS);
                Running.soon().until(() -> System.nanoTime() > until);
                assertThat(failed).isFalse();
                assertThat(bundle.open).hasValue(1);
                reading.cancel(true);
            }
        }
    }

    @Test
    void aBodyThatStopsIsRefused() throws Exception {
        try (Running running = new Running(Running.times(IDLE, Duration.ofSeconds(5)));
                Wire wire = running.connect()) {
            wire.say(Running.request("POST", "/x", "Content-Length: 1000") + "\r\n{\"file");
            Reply reply = wire.reply();
            assertThat(reply.status()).isEqualTo(408);
            assertThat(reply.text()).startsWith("{\"status\": \"408 ");
            assertThat(wire.rest()).isEmpty();
        }
    }

    @Test
    void aBodyThatDripsIsRefusedAndHoldsNoThread() throws Exception {
        try (Running running = new Running(Running.times(IDLE, Duration.ofSeconds(5)))) {
            List<Wire> wires = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                Wire wire = running.connect();
                wire.say(Running.request("POST", "/x", "Content-Length: 1000000") + "\r\n{");
                drip(wire);
                wires.add(wire);
            }
            assertThat(running.ask("HEAD", "/x").status()).isEqualTo(404);
            for (Wire wire : wires) {
                Reply reply = wire.reply();
                assertThat(reply.status()).isEqualTo(408);
                assertThat(reply.text()).contains("too slowly");
                wire.close();
            }
        }
    }

    @Test
    void headersThatDripEndTheConnection() throws Exception {
        try (Running running = new Running(Running.times(IDLE, Duration.ofSeconds(5)));
                Wire wire = running.connect()) {
            assertThat(wire.say(Running.request("GET", "/") + "\r\n").reply().status())
                    .isEqualTo(200);
            wire.say("GET / HTTP/1.1\r\nX: y");
            drip(wire);
            assertThat(wire.in().read()).isEqualTo(-1);
        }
    }

    @Test
    void emptyLinesThatDripEndTheConnection() throws Exception {
        try (Running running = new Running(Running.times(IDLE, Duration.ofSeconds(5)));
                Wire wire = running.connect()) {
            drip(wire, "\r\n");
            assertThat(wire.in().read()).isEqualTo(-1);
        }
    }

    @Test
    void chunksWithoutContentThatDripEndTheConnection() throws Exception {
        try (Running running = new Running(Running.times(IDLE, Duration.ofSeconds(5)));
                Wire wire = running.connect()) {
            wire.say(Running.request("POST", "/x", "Transfer-Encoding: chunked") + "\r\n5;");
            drip(wire, "x");
            assertThat(running.ask("HEAD", "/x").status()).isEqualTo(404);
            wire.rest();
        }
    }

    @Test
    void aConnectionThatIsUsedAgainHasItsTimeAgain() throws Exception {
        try (Running running = new Running(Running.times(IDLE, Duration.ofSeconds(5)));
                Wire wire = running.connect()) {
            long until = System.nanoTime() + IDLE.plusMillis(500).toNanos();
            while (System.nanoTime() < until) {
                assertThat(wire.say("\r\n" + Running.request("GET", "/") + "\r\n")
                                .reply()
                                .status())
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void connectionsThatSayNothingKeepNobodyOut() throws Exception {
        // Nothing times out, however long so many connections take on a busy machine.
        ServerConfig few = Running.limits(1_000_000, 1000, 20).withIdleTimeout(Duration.ofMinutes(10));
        List<Wire> silent = new ArrayList<>();
        try (Running running = new Running(few)) {
            FakeBundle bundle = running.carts.ready("x", FakeBundle.of(100_000_000));
            try (Socket reader = reader(running.server, "/x");
                    Wire poster = running.connect()) {
                Running.soon().untilAsserted(() -> assertThat(bundle.open).hasValue(1));
                poster.say(Running.request("POST", "/y", "Content-Length: " + PostTest.GOOD.length()) + "\r\n{");
                for (int i = 0; i < 1300; i++) {
                    silent.add(
                            i % 2 == 0 ? running.connect() : running.connect().say("GET / HTTP/1.1\r\nHo"));
                    assertThat(running.ask("HEAD", "/nosuch").status()).isEqualTo(404);
                }
                assertThat(silent.get(0).rest()).as("the first is gone").isEmpty();
                assertThat(silent.get(1299)
                                .say("GET / HTTP/1.1\r\nHost: x\r\n\r\n".substring(19))
                                .reply())
                        .as("the last is not")
                        .isNotNull();
                assertThat(poster.say(PostTest.GOOD.substring(1)).reply().status())
                        .as("who is in the middle of a request is not")
                        .isEqualTo(201);
                assertThat(bundle.open).hasValue(1);
                reader.getInputStream().readNBytes(1_000_000);
            }
        } finally {
            for (Wire wire : silent) {
                wire.close();
            }
        }
    }

    @Test
    void anIdleConnectionIsClosed() throws Exception {
        try (Running running = new Running(Running.times(IDLE, Duration.ofSeconds(5)));
                Wire wire = running.connect()) {
            assertThat(wire.rest()).isEmpty();
        }
    }

    @Test
    void aServerThatIsSlowItselfIsWaitedFor() throws Exception {
        try (Running running = new Running(Running.times(IDLE, Duration.ofSeconds(5)));
                Wire get = running.connect();
                Wire head = running.connect();
                Wire post = running.connect()) {
            running.carts.delay = IDLE.plusSeconds(2);
            get.say(Running.request("GET", "/nosuch") + "\r\n");
            head.say(Running.request("HEAD", "/nosuch") + "\r\n");
            post.say(Running.request("POST", "/x", "Content-Length: " + PostTest.GOOD.length()) + "\r\n")
                    .say(PostTest.GOOD);
            assertThat(get.reply().status()).isEqualTo(404);
            assertThat(head.headReply().status()).isEqualTo(404);
            assertThat(post.reply().status()).isEqualTo(201);
        }
    }

    private void drip(Wire wire) {
        drip(wire, " ");
    }

    private void drip(Wire wire, String drop) {
        var unused = ticks.scheduleAtFixedRate(
                () -> {
                    try {
                        wire.say(drop);
                    } catch (IOException e) {
                        // The server has ended it: no more drops.
                        throw new IllegalStateException(e);
                    }
                },
                50,
                50,
                TimeUnit.MILLISECONDS);
    }
}
