package dev.cartd.server.files;

import dev.cartd.bundle.Bundle;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.FileStatus;
import dev.cartd.server.carts.Carts;
import dev.cartd.server.download.BundleSender;
import dev.cartd.server.http.Exchange;
import dev.cartd.server.http.HeaderText;
import dev.cartd.server.http.Problems;
import dev.cartd.server.http.Refused;
import java.util.Collections;
import java.util.Map;
import org.eclipse.jetty.http.HttpStatus;

/** The route of a single file, {@code /-/carts/{uid}/files/{path}}. */
public final class FileRoutes {
    private final Carts carts;
    private final BundleSender sender;

    /** The files of these carts. */
    public FileRoutes(Carts carts, BundleSender sender) {
        this.carts = carts;
        this.sender = sender;
    }

    /**
     * Answers later, with the file of this path in the newest cart of this uid. The path is compared with those of the
     * cart's files, and is no path on the disk.
     *
     * @throws Refused if the method does not only read
     */
    public void answer(Exchange exchange, String uid, String path) {
        exchange.requireReading();
        String wanted = String.join(",", Collections.list(exchange.request().getHeaders("Want-Digest")));
        exchange.later(() ->
                sender.start(exchange, HeaderText.ascii(uid + "/" + path), () -> open(exchange, uid, path, wanted)));
    }

    private Bundle open(Exchange exchange, String uid, String path, String wanted) {
        Cart cart = LiveCart.of(carts, uid);
        CartFile file = carts.details()
                .file(cart, path)
                .orElseThrow(() -> new CartException.NotFound("The cart has no file of this path"));
        if (file.status() == FileStatus.ERROR) {
            throw new Refused(HttpStatus.CONFLICT_409, "The file could not be staged: " + file.reason());
        }
        Bundle bundle;
        try {
            bundle = carts.open(cart, file);
        } catch (CartException.NotReady e) {
            throw new Refused(HttpStatus.CONFLICT_409, e.getMessage(), Map.of(Problems.RETRY_AFTER, "5"));
        }
        LiveCart.disarm(exchange.response());
        Digests.describe(exchange.response(), file.checksum(), wanted);
        return bundle;
    }
}
