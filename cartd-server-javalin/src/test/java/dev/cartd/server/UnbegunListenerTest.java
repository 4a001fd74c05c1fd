package dev.cartd.server;

import dev.cartd.server.carts.Carts;
import dev.cartd.server.events.EventRoutes;
import dev.cartd.server.events.Watch;
import dev.cartd.server.http.Exchange;
import dev.cartd.server.http.Problems;
import dev.cartd.server.view.CartDocument;
import io.javalin.Javalin;
import io.javalin.http.Context;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Something happens just when a client begins to listen. */
class UnbegunListenerTest {
    @TempDir
    private Path volume;

    private final Problems problems = new Problems("1");
    private Serving serving;
    private Watch watch;
    private Javalin server;

    @BeforeEach
    void start() {
        serving = Serving.idle(volume, Running.CONFIG);
        serving.cartd.submit(serving.archive.request("x", false, 10));
        Carts carts = Carts.of(serving.cartd);
        watch = new Watch(carts, new CartDocument(carts, problems), 1, Duration.ofMillis(20));
        server = Javalin.create(javalin -> {
                    new JettySetup(Running.CONFIG, problems).apply(javalin);
                    javalin.routes.before(this::answer);
                })
                .start();
    }

    @AfterEach
    void stop() {
        watch.close();
        server.stop();
        serving.close();
    }

    private void answer(Context context) throws IOException {
        context.skipRemainingHandlers();
        HttpServletResponse response = switch (context.path()) {
            case "/stops" ->
                new Surprise(context.res()) {
                    @Override
                    void happens() {
                        watch.close();
                    }
                };
            case "/fails" ->
                new Surprise(context.res()) {
                    @Override
                    void happens() throws IOException {
                        throw new IOException("no output");
                    }
                };
            default -> context.res();
        };
        new EventRoutes(watch).answer(new Exchange(with(context, response), problems), "x");
    }

    /** Something that happens when somebody first wants to write. */
    private abstract static class Surprise extends HttpServletResponseWrapper {
        private boolean happened;

        Surprise(HttpServletResponse response) {
            super(response);
        }

        abstract void happens() throws IOException;

        @Override
        public ServletOutputStream getOutputStream() throws IOException {
            if (!happened) {
                happened = true;
                happens();
            }
            return super.getOutputStream();
        }
    }

    private static Context with(Context context, HttpServletResponse response) {
        return (Context) Proxy.newProxyInstance(
                Context.class.getClassLoader(),
                new Class<?>[] {Context.class},
                (proxy, method, args) -> method.getName().equals("res") ? response : method.invoke(context, args));
    }

    private Wire get(String path) throws IOException {
        return new Wire(server.port()).say(Running.request("GET", path) + "\r\n");
    }

    @Test
    void nobodyListensToAServerThatStops() throws IOException {
        try (Wire late = get("/stops")) {
            assertThat(late.reply().status()).isEqualTo(503);
        }
    }

    @Test
    void whoCannotBeginTakesNoPlace() throws IOException {
        try (Wire failed = get("/fails")) {
            assertThat(failed.reply().status()).isEqualTo(500);
        }
        try (Wire listens = get("/x")) {
            assertThat(listens.in().readNBytes(15)).asString().isEqualTo("HTTP/1.1 200 OK");
        }
    }
}
