package dev.cartd.server;

import dev.cartd.server.download.BundleSender;
import dev.cartd.server.download.Downloads;
import dev.cartd.server.http.Exchange;
import dev.cartd.server.http.Problems;
import io.javalin.Javalin;
import io.javalin.http.Context;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A download that Jetty refuses to begin, since somebody else writes the response already. */
class UnbegunDownloadTest {
    private static final WriteListener SOMEBODY_ELSE = new WriteListener() {
        @Override
        public void onWritePossible() {}

        @Override
        public void onError(Throwable failure) {}
    };

    private final Problems problems = new Problems("1");
    private final Downloads downloads = new Downloads(1);
    private final BundleSender sender = new BundleSender(downloads);
    private final FakeBundle bundle = FakeBundle.of(1_000_000_000);
    private final Javalin server = Javalin.create(javalin -> {
                new JettySetup(Running.CONFIG, problems).apply(javalin);
                javalin.routes.before(this::answer);
            })
            .start();

    @AfterEach
    void stop() {
        downloads.close();
        server.stop();
    }

    private void answer(Context context) {
        context.skipRemainingHandlers();
        Exchange exchange = new Exchange(context, problems);
        exchange.later(() -> start(exchange));
    }

    private CompletableFuture<Void> start(Exchange exchange) {
        try {
            if (exchange.path().equals("/taken")) {
                exchange.response().getOutputStream().setWriteListener(SOMEBODY_ELSE);
            }
            return sender.start(exchange, "x", () -> bundle);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Wire get(String path) throws IOException {
        return new Wire(server.port()).say(Running.request("GET", path) + "\r\n");
    }

    @Test
    void leavesNothingAndGivesItsPlaceBackOnce() throws IOException {
        try (Wire taken = get("/taken")) {
            Running.soon().untilAsserted(() -> assertThat(bundle.opened).hasValue(1));
            Running.soon().untilAsserted(() -> assertThat(bundle.open).hasValue(0));
            Running.soon().untilAsserted(() -> assertThat(downloads.running()).isZero());
            try (Wire first = get("/x")) {
                assertThat(first.in().readNBytes(1000)).startsWith("HTTP/1.1 200".getBytes(US_ASCII));
                try (Wire second = get("/x")) {
                    assertThat(second.reply().status()).isEqualTo(503);
                }
            }
            assertThatThrownBy(taken::rest).as("it is reset").isInstanceOf(IOException.class);
        }
    }
}
