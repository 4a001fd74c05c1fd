package dev.cartd.server.events;

import dev.cartd.cart.CartException;
import dev.cartd.server.http.Exchange;
import dev.cartd.server.http.Refused;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.http.HttpStatus;

/** The route of the events of a cart, {@code /-/carts/{uid}/events}. */
public final class EventRoutes {
    private final Watch watch;

    /** The events that {@code watch} sees. */
    public EventRoutes(Watch watch) {
        this.watch = watch;
    }

    /**
     * Answers with events until the newest cart of this uid is ready, in error or gone. A client that has seen the last
     * one is answered 204, so that browsers do not come again.
     *
     * @throws CartException if it fails
     * @throws Refused if it is refused
     * @throws IOException if the client is gone
     */
    public void answer(Exchange exchange, String uid) throws IOException {
        exchange.requireReading();
        String seen = Optional.ofNullable(exchange.request().getHeader("Last-Event-ID"))
                .orElse("");
        Event now = watch.now(uid).orElseThrow(CartException.NotFound::new);
        HttpServletResponse response = exchange.response();
        response.setHeader("Cache-Control", "no-store, no-transform");
        if (now.isLast() && now.id().equals(seen)) {
            response.setStatus(HttpStatus.NO_CONTENT_204);
            response.setContentType(null);
            return;
        }
        response.setContentType("text/event-stream");
        // nginx would collect events before it passes them on.
        response.setHeader("X-Accel-Buffering", "no");
        if (!exchange.method().equals("HEAD")) {
            exchange.later(() -> listen(exchange, uid, seen, now));
        }
    }

    private CompletableFuture<Void> listen(Exchange exchange, String uid, String seen, Event now) {
        try {
            return watch.listen(exchange, uid, seen, now);
        } catch (IOException | RuntimeException e) {
            exchange.failOrCut(e);
            return CompletableFuture.completedFuture(null);
        }
    }
}
