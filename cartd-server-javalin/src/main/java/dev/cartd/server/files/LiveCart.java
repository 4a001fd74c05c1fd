package dev.cartd.server.files;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.server.carts.Carts;
import dev.cartd.server.http.Refused;
import dev.cartd.server.view.CartDocument;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import org.eclipse.jetty.http.HttpStatus;

/** What the routes of this room have in common. */
final class LiveCart {
    private LiveCart() {}

    /**
     * The newest live cart of a uid.
     *
     * @throws Refused with 410 if the store knows that it was deleted
     * @throws CartException.NotFound if there never was one, or that is forgotten
     */
    static Cart of(Carts carts, String uid) {
        Optional<Cart> live = carts.status(uid);
        if (live.isPresent()) {
            return live.get();
        }
        Cart gone = carts.details().deleted(uid).orElseThrow(CartException.NotFound::new);
        throw new Refused(HttpStatus.GONE_410, CartDocument.goneMessage(gone));
    }

    /** Keeps browsers from showing or running what clients chose. */
    static void disarm(HttpServletResponse response) {
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Content-Security-Policy", "default-src 'none'; sandbox");
    }
}
