package dev.cartd.server;

import dev.cartd.cart.Cart.Progress;
import dev.cartd.cart.CartStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CartdServerTest {
    @Test
    void aPortThatIsTakenIsTold() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ServerConfig config = Running.at("127.0.0.1", taken.getLocalPort());
            assertThatThrownBy(() -> CartdServer.start(new FakeCarts(), config))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining(
                            "cannot listen on 127.0.0.1:" + taken.getLocalPort() + ": Address already in use");
        }
    }

    @Test
    void anAddressThatIsNoneIsTold() {
        for (String address : new String[] {"no.such.host.invalid", "192.0.2.1"}) {
            assertThatThrownBy(() -> CartdServer.start(new FakeCarts(), Running.at(address, 0)))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageStartingWith("cannot listen on " + address + ":0: ");
        }
    }

    @Test
    void aStoppedServerAcceptsNothing() {
        Running running = new Running();
        int port = running.server.port();
        running.close();
        running.close();
        assertThatThrownBy(() -> new Wire(port)).isInstanceOf(ConnectException.class);
        assertThat(running.server.port()).isNegative();
    }

    @Test
    void anIdleConnectionDoesNotHoldUpTheStop() throws IOException {
        Duration stop = Duration.ofMinutes(2);
        Running running = new Running(Running.times(Duration.ofMinutes(5), stop));
        try (Wire wire = running.connect()) {
            wire.say(Running.request("GET", "/") + "\r\n").reply();
            Instant asked = Instant.now();
            running.close();
            assertThat(Duration.between(asked, Instant.now())).isLessThan(stop);
            assertThat(wire.rest()).isEmpty();
        }
    }

    @Test
    void aDownloadGetsTimeToEnd() throws Exception {
        Running running = new Running(Running.times(Duration.ofSeconds(30), Duration.ofSeconds(60)));
        FakeBundle bundle = running.carts.ready("x", FakeBundle.of(30_000_000));
        try (Wire wire = running.connect();
                Wire other = running.connect()) {
            wire.say(Running.request("GET", "/x") + "\r\n").in().readNBytes(1000);
            other.say("GET / HT");
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(running::close);
            Running.soon().untilAsserted(() -> assertThat(running.server.port()).isNegative());
            Reply late = other.say("TP/1.1\r\nHost: x\r\n\r\n").reply();
            assertThat(late.status()).isEqualTo(503);
            assertThat(late.text()).contains("The server is stopping.");
            assertThat(stopped).isNotDone();
            assertThat(wire.rest()).hasSizeGreaterThan(30_000_000 - 1000);
            stopped.get(20, TimeUnit.SECONDS);
        }
        assertThat(bundle.open).hasValue(0);
    }

    @Test
    void aDownloadThatTakesTooLongIsCut() throws Exception {
        Running running = new Running(Running.times(Duration.ofSeconds(30), Duration.ofMillis(300)));
        FakeBundle bundle = running.carts.ready("x", FakeBundle.of(1_000_000_000));
        try (Logged logged = new Logged();
                Wire wire = running.connect()) {
            wire.say(Running.request("GET", "/x") + "\r\n").in().readNBytes(1000);
            running.close();
            assertThat(bundle.open).hasValue(0);
            assertThat(logged.lines()).containsExactly("1 requests did not end within 0.3 s, they are cut");
            assertThat(logged.traces()).isEmpty();
            assertThatThrownBy(wire::rest).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aDownloadIsCutIfTheStopIsInterrupted() throws Exception {
        Running running = new Running(Running.times(Duration.ofSeconds(30), Duration.ofSeconds(60)));
        FakeBundle bundle = running.carts.ready("x", FakeBundle.of(1_000_000_000));
        try (Logged logged = new Logged();
                Wire wire = running.connect()) {
            wire.say(Running.request("GET", "/x") + "\r\n").in().readNBytes(1000);
            Thread.currentThread().interrupt();
            running.close();
            boolean interrupted = Thread.interrupted();
            assertThatThrownBy(wire::rest).isInstanceOf(IOException.class);
            assertThat(bundle.open).hasValue(0);
            assertThat(logged.lines()).isEmpty();
            assertThat(running.server.port()).isNegative();
            assertThat(interrupted).as("the caller still knows").isTrue();
        }
    }

    @Test
    void aRequestThatHangsDoesNotHoldUpTheStop() throws Exception {
        CountDownLatch hang = new CountDownLatch(1);
        Running running = new Running(Running.times(Duration.ofSeconds(30), Duration.ofMillis(300)));
        running.carts.put("x", CartStatus.WAITING, "", Progress.ofUnknownSize(1, 0, 0));
        running.carts.hang = hang;
        try (Wire wire = running.connect()) {
            wire.say(Running.request("GET", "/x") + "\r\n");
            Running.soon().untilAsserted(() -> assertThat(running.carts.hanging).hasValue(1));
            Instant asked = Instant.now();
            running.close();
            assertThat(Duration.between(asked, Instant.now())).isLessThan(Duration.ofSeconds(20));
            assertThat(running.carts.hanging).as("it still hangs").hasValue(1);
        } finally {
            hang.countDown();
        }
    }

    @Test
    void everyRequestIsALineOfTheAccessLog(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("access.log");
        try (Running running = new Running(Running.logging(file))) {
            running.ask("GET", "/nosuch", "User-Agent: some\"one");
            running.ask("HEAD", "/");
            running.post("/x", "no json");
            Running.soon()
                    .untilAsserted(() -> assertThat(Files.readAllLines(file)).hasSize(3));
        }
        assertThat(Files.readAllLines(file))
                .allMatch(line -> line.startsWith("127.0.0.1 - - ["))
                .anyMatch(line -> line.contains("\"GET /nosuch HTTP/1.1\" 404 130 "))
                .anyMatch(line -> line.contains("\"POST /x HTTP/1.1\" 400 "));
    }

    @Test
    void anAccessLogThatCannotBeWrittenIsTold(@TempDir Path directory) {
        Path file = directory.resolve("no/such/access.log");
        assertThatThrownBy(() -> new Running(Running.logging(file)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("cannot write the access log " + file);
    }
}
