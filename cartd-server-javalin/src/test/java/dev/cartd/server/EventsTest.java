package dev.cartd.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.cartd.cart.Cart.Progress;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.spi.Archive;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What becomes of a cart, as events over real connections. */
class EventsTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration STOP = Duration.ofMinutes(1);
    private static final ServerConfig OFTEN =
            Running.CONFIG.withEvents(510, Duration.ofMillis(20)).withStopTimeout(STOP);
    private static final String TARGET = "/-/carts/heard/events";

    @TempDir
    private Path volume;

    private Serving serving;

    @BeforeEach
    void start() {
        serving = Serving.with(volume, OFTEN);
    }

    @AfterEach
    void stop() {
        serving.close();
    }

    /** An event as a client has it. */
    private record Heard(String id, JsonNode cart) {
        String state() {
            return cart.get("state").asText();
        }
    }

    /** A client that listens. */
    private final class Ear implements AutoCloseable {
        private final BufferedReader in;
        private String first = "";

        Ear(String lastId) throws IOException {
            this(serving.server, lastId);
        }

        Ear(CartdServer server, String lastId) throws IOException {
            var connection = URI.create("http://127.0.0.1:" + server.port() + TARGET)
                    .toURL()
                    .openConnection();
            connection.setReadTimeout(20_000);
            connection.setRequestProperty("Last-Event-ID", lastId);
            in = new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
        }

        /** The next event. */
        Heard next() throws IOException {
            String id = "";
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("data: ")) {
                    return new Heard(id, JSON.readTree(line.substring(6)));
                } else if (!line.isEmpty()) {
                    first = line;
                }
            }
            throw new IOException("the events ended");
        }

        /** Reads to the end, which must be a clean one. */
        List<Heard> all() throws IOException {
            List<Heard> all = new ArrayList<>();
            try {
                while (true) {
                    all.add(next());
                }
            } catch (IOException e) {
                assertThat(e).hasMessage("the events ended");
            }
            return all;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    private CartRequest onTape(String uid) {
        CartRequest request = serving.archive.request(uid, false, 10, 20);
        serving.archive.put(uid + "/1", Archive.Medium.TAPE);
        serving.cartd.submit(request);
        return request;
    }

    @Test
    void aClientHearsUntilTheCartIsReady() throws IOException {
        onTape("heard");
        try (Ear ear = new Ear("")) {
            Heard begin = ear.next();
            assertThat(ear.first).isEqualTo("retry: 2000");
            assertThat(begin.state()).isIn("waiting", "staging");
            serving.archive.put("heard/1", Archive.Medium.DISK);

            List<Heard> rest = ear.all();

            assertThat(rest).last().satisfies(last -> {
                assertThat(last.state()).isEqualTo("ready");
                assertThat(last.cart().get("files").get("staged").asInt()).isEqualTo(2);
            });
            assertThat(rest).extracting(Heard::id).doesNotHaveDuplicates().doesNotContain(begin.id());
            // As a browser does that comes again.
            HttpResponse<byte[]> again = serving.get(
                    TARGET, "Last-Event-ID", rest.get(rest.size() - 1).id());
            assertThat(again.statusCode()).isEqualTo(204);
        }
    }

    @Test
    void whoComesAgainHearsOnlyWhatIsNew() throws IOException {
        onTape("heard");
        String seen = "";
        try (Ear ear = new Ear("")) {
            for (Heard heard = ear.next(); ; heard = ear.next()) {
                seen = heard.id();
                if (heard.cart().path("waitsFor").path("kind").asText().equals("tape")) {
                    break;
                }
            }
        }
        try (Ear ear = new Ear(seen)) {
            serving.archive.put("heard/1", Archive.Medium.DISK);
            assertThat(ear.all()).extracting(Heard::id).doesNotContain(seen).isNotEmpty();
        }
    }

    @Test
    void theEventsEndWithTheCart(@TempDir Path other) throws IOException {
        serving.close();
        serving = Serving.idle(other, OFTEN);
        serving.cartd.submit(serving.archive.request("heard", false, 10));
        try (Ear ear = new Ear("")) {
            assertThat(ear.next().state()).isEqualTo("waiting");
            serving.cartd.delete("heard");
            assertThat(ear.all()).singleElement().satisfies(last -> {
                assertThat(last.state()).isEqualTo("deleted");
                assertThat(last.cart().get("status").asText()).isEqualTo("410 Gone");
            });
        }
    }

    @Test
    void aCartThatIsReadyHasOneEvent() throws IOException {
        serving.awaitReady(serving.archive.request("heard", false, 10));
        HttpResponse<byte[]> reply = serving.get(TARGET);
        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(Serving.header(reply, "Content-Type")).isEqualTo("text/event-stream");
        assertThat(Serving.header(reply, "Cache-Control")).isEqualTo("no-store, no-transform");
        assertThat(Serving.text(reply).lines().filter(line -> line.startsWith("data: ")))
                .singleElement()
                .isEqualTo("data: " + Serving.text(serving.get("/-/carts/heard")));
        assertThat(serving.ask("HEAD", TARGET).statusCode()).isEqualTo(200);
    }

    @Test
    void unknownCartsHaveNone() throws IOException {
        assertThat(serving.get("/-/carts/nobody/events").statusCode()).isEqualTo(404);
        assertThat(serving.ask("POST", "/-/carts/nobody/events").statusCode()).isEqualTo(405);
    }

    @Test
    void manyListenWithoutThreads() throws Exception {
        onTape("heard");
        List<Wire> wires = new ArrayList<>();
        try {
            for (int i = 0; i < 500; i++) {
                wires.add(new Wire(serving.server.port())
                        .say(Running.request("GET", TARGET, "Connection: close") + "\r\n"));
            }
            for (Wire wire : wires) {
                assertThat(new String(wire.in().readNBytes(15), StandardCharsets.US_ASCII))
                        .isEqualTo("HTTP/1.1 200 OK");
            }
            assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .filteredOn(name -> name.startsWith("cartd-events") || name.startsWith("cartd-http"))
                    .hasSizeLessThan(60);
            assertThat(serving.cartd.delete("heard")).isTrue();
            for (Wire wire : wires) {
                assertThat(wire.rest()).isNotEmpty();
            }
        } finally {
            for (Wire wire : wires) {
                wire.close();
            }
        }
    }

    @Test
    void aServerThatStopsLetsThemGo() throws Exception {
        onTape("heard");
        try (Ear ear = new Ear("")) {
            ear.next();
            long begun = System.nanoTime();
            serving.server.close();
            assertThat(System.nanoTime() - begun).isLessThan(STOP.toNanos());
            ear.all();
        }
    }

    @Test
    void whoDoesNotReadIsNotWaitedFor() throws Exception {
        onTape("heard");
        int most = 3000;
        AtomicInteger looks = new AtomicInteger();
        // Far more than the kernel buffers, in events that all differ.
        String text = "x".repeat(10_000);
        try (Running running = new Running(Running.CONFIG.withEvents(2, Duration.ofMillis(1)));
                Socket deaf = new Socket()) {
            running.carts.details = Optional.of(serving.cartd.details());
            running.carts.put("heard", CartStatus.WAITING, "", Progress.ofUnknownSize(2, 0, 0));
            running.carts.message = cart -> text + looks.incrementAndGet();
            deaf.setReceiveBufferSize(16 * 1024);
            deaf.setSoTimeout(20_000);
            deaf.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), running.server.port()));
            deaf.getOutputStream().write(("GET " + TARGET + " HTTP/1.0\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            assertThat(deaf.getInputStream().readNBytes(15)).asString().isEqualTo("HTTP/1.1 200 OK");
            try (Ear ear = new Ear(running.server, "")) {
                while (looks.get() < most) {
                    ear.next();
                }
                running.carts.put("heard", CartStatus.READY, "", new Progress(2, 2, 30, 30));
                assertThat(ear.all()).last().extracting(Heard::state).isEqualTo("ready");
            }
            List<String> late = new String(deaf.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith("data: "))
                    .map(line -> line.substring(0, 60))
                    .toList();
            assertThat(late).last().asString().contains("\"state\":\"ready\"");
            assertThat(late).as("only the latest event waits for it").hasSizeLessThan(most / 2);
        }
    }

    @Test
    void aLineWithoutMeaningComesWhileNothingHappens() throws Exception {
        onTape("heard");
        try (Wire wire = new Wire(serving.server.port())) {
            wire.say(Running.request("GET", TARGET) + "\r\n");
            BufferedReader in = new BufferedReader(new InputStreamReader(wire.in(), StandardCharsets.UTF_8));
            int heartbeats = 0;
            while (heartbeats < 2) {
                heartbeats += in.readLine().equals(":") ? 1 : 0;
            }
        }
        // That the client is gone is noticed by the next of them.
        serving.cartd.delete("heard");
    }

    @Test
    void onlySoManyListen(@TempDir Path other) throws Exception {
        serving.close();
        serving = Serving.idle(other, Running.CONFIG.withEvents(2, Duration.ofMillis(20)));
        serving.cartd.submit(serving.archive.request("heard", false, 10));
        Ear first = new Ear("");
        try (Ear second = new Ear("")) {
            assertThat(second.next().id()).isEqualTo(first.next().id());
            HttpResponse<byte[]> third = serving.get(TARGET);
            assertThat(third.statusCode()).isEqualTo(503);
            assertThat(Serving.header(third, "Retry-After")).isEqualTo("30");
            serving.cartd.delete("heard");
            first.all();
            second.all();
        }
        // Their places are free again.
        serving.cartd.submit(serving.archive.request("heard", false, 10));
        Running.soon().ignoreExceptionsInstanceOf(IOException.class).untilAsserted(() -> {
            try (Ear third = new Ear("")) {
                assertThat(third.next().state()).isEqualTo("waiting");
            }
        });
    }
}
