package dev.cartd.server;

import dev.cartd.cart.CartException;
import dev.cartd.cart.Memory;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.http.HttpStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Dispatches requests by path and method. */
final class Routes {
    /** Up to this length a body is read before its request is refused, so that the connection can be reused. */
    private static final int SHORT_BODY = 64 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(Routes.class);

    private final Carts carts;
    private final Problems problems;
    private final StatusAnswer statusAnswer;
    private final BodyLimits limits;
    private final Posts posts;
    private final Gets gets;

    Routes(Carts carts, ServerConfig config, Problems problems, Downloads downloads) {
        this.carts = carts;
        this.problems = problems;
        this.statusAnswer = new StatusAnswer(carts, problems);
        this.limits = new BodyLimits(config.maxRequestSize(), config.idleTimeout(), Memory.ofHeap());
        this.posts = new Posts(carts, config, limits);
        this.gets = new Gets(carts, downloads);
    }

    /** Answers a request, now or asynchronously. */
    void handle(Context ctx) throws IOException {
        // Javalin's own routes are not used: they decode paths, and accept the method from a header.
        ctx.skipRemainingHandlers();
        Exchange exchange = new Exchange(ctx.req(), ctx.res(), problems);
        try {
            exchange.requireFraming();
            route(ctx, exchange);
        } catch (IOException | RuntimeException | Error e) {
            if (e instanceof Refused refused && refused.closes()) {
                // The end of the body is uncertain, so nothing after it is read.
                exchange.refuse(e, true);
            } else if (exchange.bodyIsComing()) {
                ctx.future(() -> refuseUnread(exchange, e));
            } else {
                exchange.fail(e);
            }
        }
    }

    private void route(Context ctx, Exchange exchange) throws IOException {
        Target target = exchange.target();
        if (target instanceof Target.Root) {
            root(exchange);
        } else if (target instanceof Target.Uid uid) {
            cart(ctx, exchange, uid.value());
        } else {
            throw new CartException.NotFound("Nothing matches the given URI");
        }
    }

    private static void root(Exchange exchange) throws IOException {
        switch (exchange.method()) {
            case "GET", "HEAD" ->
                exchange.send(Answer.message(HttpStatus.OK_200, "Pacifica Cartd Interface Up and Running"));
            default -> throw notAllowed("GET, HEAD");
        }
    }

    private void cart(Context ctx, Exchange exchange, String uid) throws IOException {
        switch (exchange.method()) {
            case "HEAD" -> exchange.send(statusAnswer.of(uid, carts.status(uid)));
            case "GET" -> get(ctx, exchange, uid);
            case "POST" -> post(ctx, exchange, uid);
            case "DELETE" -> exchange.send(delete(uid));
            default -> throw notAllowed("DELETE, GET, HEAD, POST");
        }
    }

    private void get(Context ctx, Exchange exchange, String uid) {
        String filename = Optional.ofNullable(ctx.queryParam("filename")).orElse("");
        ctx.future(() -> gets.start(exchange, uid, filename));
    }

    private void post(Context ctx, Exchange exchange, String uid) throws IOException {
        BodyLimits.Allowance allowance = limits.allowance();
        BodyReader.Sink sink = posts.sink(exchange, uid, allowance);
        ctx.future(() -> new BodyReader(exchange, allowance, sink).start());
    }

    private Answer delete(String uid) {
        if (!carts.delete(uid)) {
            throw new CartException.NotFound("Not Found");
        }
        LOG.info("the carts of {} are deleted, as a client asked", HeaderText.ascii(uid));
        return Answer.message(HttpStatus.OK_200, "Cart Deleted Successfully");
    }

    private CompletableFuture<Void> refuseUnread(Exchange exchange, Throwable failure) {
        BodyReader reader = new BodyReader(exchange, limits.allowance(), new Unwanted(exchange, failure));
        long length = exchange.request().getContentLengthLong();
        return length >= 0 && length <= SHORT_BODY ? reader.start() : reader.refuse(failure);
    }

    private static Refused notAllowed(String allow) {
        return new Refused(
                HttpStatus.METHOD_NOT_ALLOWED_405,
                "Specified method is invalid for this resource",
                Map.of("Allow", allow));
    }
}
