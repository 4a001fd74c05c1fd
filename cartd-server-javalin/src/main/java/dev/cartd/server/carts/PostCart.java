package dev.cartd.server.carts;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.server.access.Gate;
import dev.cartd.server.http.Caller;
import dev.cartd.server.http.Exchange;
import dev.cartd.server.http.Refused;
import dev.cartd.server.http.ShortResponse;
import dev.cartd.server.request.BodyLimits;
import dev.cartd.server.request.BodyReader;
import dev.cartd.server.request.CartRequestParser;
import dev.cartd.spi.Notices;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** POST: submits a cart. */
final class PostCart {
    private static final Set<String> TYPES = Set.of("application/json", "text/javascript");

    private static final Logger LOG = LoggerFactory.getLogger(PostCart.class);

    /** The memory for reading any body: its buffers and those of the parser. */
    private static final long READING = 32 * 1024;

    private final Carts carts;
    private final RequestRules rules;
    private final BodyLimits limits;
    private final Gate gate;
    private final Supplier<Notices> notices;

    PostCart(Carts carts, RequestRules rules, BodyLimits limits, Gate gate, Supplier<Notices> notices) {
        this.notices = notices;
        this.carts = carts;
        this.rules = rules;
        this.limits = limits;
        this.gate = gate;
    }

    /**
     * Reads the body, then answers.
     *
     * @throws Refused if the request is refused before its body is read
     */
    void answer(Exchange exchange, String uid) throws IOException {
        BodyLimits.Allowance allowance = limits.allowance();
        BodyReader.Sink sink = sink(exchange, uid, allowance);
        exchange.later(() -> new BodyReader(exchange, allowance, sink).start());
    }

    private BodyReader.Sink sink(Exchange exchange, String uid, BodyLimits.Allowance allowance) throws IOException {
        checkType(exchange.request().getHeader("Content-Type"));
        Duration keep = KeepHeader.of(exchange.request(), rules.keepMax());
        Optional<String> told = NotifyHeader.of(exchange.request(), rules.notifyHosts());
        limits.check(exchange.request());
        allowance.hold(READING);
        CartRequestParser parser = new CartRequestParser(uid, rules.bundleDefault(), rules.maxFiles(), allowance::hold);
        Caller caller = exchange.caller();
        return new BodyReader.Sink() {
            @Override
            public int take(byte[] bytes, int length) throws IOException {
                return parser.accept(bytes, length);
            }

            @Override
            public void end() throws IOException {
                CartRequest request = parser.finish();
                gate.claim(uid, caller);
                Cart cart = carts.submit(request, keep);
                told.ifPresent(url -> tell(cart, url));
                int files = cart.progress().files();
                LOG.info(
                        "cart {} ({}) is asked for: {}{}",
                        cart.id(),
                        uid,
                        files == 1 ? "1 file" : files + " files",
                        caller.isKnown() ? ", by " + caller.name() : "");
                exchange.send(ShortResponse.message(HttpStatus.CREATED_201, "Cart Processing has begun"));
            }
        };
    }

    private void tell(Cart cart, String url) {
        if (!notices.get().tell(cart.id(), url)) {
            throw new Refused(
                    HttpStatus.BAD_REQUEST_400,
                    NotifyHeader.NAME + ": " + Notices.MOST_URLS + " other addresses are told about this cart already");
        }
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
