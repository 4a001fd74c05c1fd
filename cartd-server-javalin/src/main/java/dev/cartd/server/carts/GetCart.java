package dev.cartd.server.carts;

import dev.cartd.bundle.Bundle;
import dev.cartd.bundle.BundleFormat;
import dev.cartd.bundle.BundleName;
import dev.cartd.server.download.BundleSender;
import dev.cartd.server.http.Exchange;
import dev.cartd.server.http.HeaderText;
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
        BundleFormat format = exchange.parameter("format").map(GetCart::format).orElse(BundleFormat.TAR);
        exchange.later(
                () -> sender.start(exchange, HeaderText.ascii(uid), () -> open(exchange, uid, filename, format)));
    }

    private static BundleFormat format(String name) {
        return BundleFormat.of(name)
                .orElseThrow(() -> new Refused(HttpStatus.BAD_REQUEST_400, "format: must be tar, zip or bagit"));
    }

    private Bundle open(Exchange exchange, String uid, String filename, BundleFormat format) {
        Bundle bundle = carts.open(uid, filename, format);
        exchange.response().setHeader("Link", exchange.paths(uid).links(tarName(filename, format)));
        return bundle;
    }

    /** The name of a tar with the same top directory; empty for one that is made from the time of the cart. */
    private static String tarName(String filename, BundleFormat format) {
        if (filename.isEmpty()) {
            return "";
        }
        BundleName name = BundleName.of(filename, format);
        return format == BundleFormat.TAR ? name.filename() : name.top() + ".tar";
    }
}
