package dev.cartd.server;

import dev.cartd.cart.Cart;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** POST: submits a cart. */
final class Posts {
    private static final Set<String> TYPES = Set.of("application/json", "text/javascript");

    private static final Logger LOG = LoggerFactory.getLogger(Posts.class);

    /** The memory for reading any body: its buffers and those of the parser. */
    private static final long READING = 32 * 1024;

    private final Carts carts;
    private final ServerConfig config;
    private final BodyLimits limits;

    Posts(Carts carts, ServerConfig config, BodyLimits limits) {
        this.carts = carts;
        this.config = config;
        this.limits = limits;
    }

    /**
     * The consumer for the body of a request.
     *
     * @throws Refused if the request is refused before its body is read
     */
    BodyReader.Sink sink(Exchange exchange, String uid, BodyLimits.Allowance allowance) throws IOException {
        checkType(exchange.request().getHeader("Content-Type"));
        Duration keep = KeepHeader.of(exchange.request(), config.keepMax());
        limits.check(exchange.request());
        allowance.hold(READING);
        CartRequestParser parser =
                new CartRequestParser(uid, config.bundleDefault(), config.maxFiles(), allowance::hold);
        return new BodyReader.Sink() {
            @Override
            public int take(byte[] bytes, int length) throws IOException {
                return parser.accept(bytes, length);
            }

            @Override
            public void end() throws IOException {
                Cart cart = carts.submit(parser.finish(), keep);
                int files = cart.progress().files();
                LOG.info("cart {} ({}) is asked for: {}", cart.id(), uid, files == 1 ? "1 file" : files + " files");
                exchange.send(Answer.message(HttpStatus.CREATED_201, "Cart Processing has begun"));
            }
        };
    }

    private static void checkType(@Nullable String header) {
        // curl --upload-file, as in the documentation of Pacifica Cartd, sends no type.
        if (header != null && !TYPES.contains(header.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))) {
            throw new Refused(
                    HttpStatus.UNSUPPORTED_MEDIA_TYPE_415,
                    "Expected an entity of content type application/json, text/javascript");
        }
    }
}
