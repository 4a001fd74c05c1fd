package dev.cartd.server.carts;

import dev.cartd.bundle.Bundle;
import dev.cartd.bundle.BundleName;
import dev.cartd.cart.CartException;
import dev.cartd.server.download.BundleSender;
import dev.cartd.server.http.Exchange;
import dev.cartd.server.http.HeaderText;
import dev.cartd.server.http.OwnPaths;
import dev.cartd.server.http.Refused;
import org.eclipse.jetty.http.HttpStatus;

/** GET: downloads a cart. */
final class GetCart {
    private final Carts carts;
    private final BundleSender sender;

    GetCart(Carts carts, BundleSender sender) {
        this.carts = carts;
        this.sender = sender;
    }

    void answer(Exchange exchange, String uid) {
        String filename = exchange.parameter("filename").orElse("");
        exchange.later(() -> sender.start(exchange, HeaderText.ascii(uid), () -> open(exchange, uid, filename)));
    }

    private Bundle open(Exchange exchange, String uid, String filename) {
        try {
            Bundle bundle = carts.open(uid, filename);
            String name = filename.isEmpty() ? "" : BundleName.of(filename).filename();
            exchange.response().setHeader("Link", new OwnPaths(uid).links(name));
            return bundle;
        } catch (CartException.NotFound e) {
            throw new Refused(HttpStatus.NOT_FOUND_404, "The cart does not exist or has already been deleted");
        }
    }
}
