package dev.cartd.server.carts;

import dev.cartd.cart.CartException;
import dev.cartd.server.access.Gate;
import dev.cartd.server.download.BundleSender;
import dev.cartd.server.http.Exchange;
import dev.cartd.server.http.HeaderText;
import dev.cartd.server.http.Problems;
import dev.cartd.server.http.Refused;
import dev.cartd.server.http.ShortResponse;
import dev.cartd.server.request.BodyLimits;
import dev.cartd.spi.AuditLog;
import dev.cartd.spi.Notices;
import java.io.IOException;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The routes of a cart, {@code /{uid}}, as Pacifica Cartd has them. */
public final class CartRoutes {
    private static final Logger AUDIT = LoggerFactory.getLogger(AuditLog.NAME);

    private final Carts carts;
    private final HeadCart head;
    private final GetCart get;
    private final PostCart post;

    /** The routes of these carts. */
    public CartRoutes(
            Carts carts,
            RequestRules rules,
            Problems problems,
            BodyLimits limits,
            BundleSender sender,
            Gate gate,
            Supplier<Notices> notices) {
        this.carts = carts;
        this.head = new HeadCart(carts, problems);
        this.get = new GetCart(carts, sender);
        this.post = new PostCart(carts, rules, limits, gate, notices);
    }

    /**
     * Answers a request for the carts of this uid, now or later.
     *
     * @throws CartException if it fails
     * @throws Refused if it is refused
     * @throws IOException if the client is gone
     */
    public void answer(Exchange exchange, String uid) throws IOException {
        switch (exchange.method()) {
            case "HEAD" -> exchange.send(head.of(exchange.paths(uid), uid, carts.status(uid)));
            case "GET" -> get.answer(exchange, uid);
            case "POST" -> post.answer(exchange, uid);
            case "DELETE" -> exchange.send(delete(uid, exchange.sender()));
            default -> throw Refused.method("DELETE, GET, HEAD, POST");
        }
    }

    private ShortResponse delete(String uid, String sender) {
        if (!carts.delete(uid)) {
            throw new CartException.NotFound("Not Found");
        }
        AUDIT.info("the carts of {} are deleted, as a client asked ({})", HeaderText.ascii(uid), sender);
        return ShortResponse.message(HttpStatus.OK_200, "Cart Deleted Successfully");
    }
}
