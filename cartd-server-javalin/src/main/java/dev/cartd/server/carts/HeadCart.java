package dev.cartd.server.carts;

import dev.cartd.cart.Cart;
import dev.cartd.cart.Cart.Progress;
import dev.cartd.cart.CartStatus;
import dev.cartd.server.http.HeaderText;
import dev.cartd.server.http.OwnPaths;
import dev.cartd.server.http.Problems;
import dev.cartd.server.http.ShortResponse;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpStatus;

/**
 * Builds the response to HEAD for a cart: its state, as a status code and as two headers that clients of Pacifica Cartd
 * read.
 */
final class HeadCart {
    private final Carts carts;
    private final Problems problems;

    HeadCart(Carts carts, Problems problems) {
        this.carts = carts;
        this.problems = problems;
    }

    ShortResponse of(OwnPaths paths, String uid, Optional<Cart> cart) {
        return cart.map(found -> of(paths, uid, found)).orElseGet(() -> unknown(uid));
    }

    private ShortResponse of(OwnPaths paths, String uid, Cart cart) {
        return switch (cart.status()) {
            // 202, since the Python client stops at any 204 that is not staging.
            case WAITING, BUNDLING -> inWork(HttpStatus.ACCEPTED_202, cart);
            case STAGING -> inWork(HttpStatus.NO_CONTENT_204, cart);
            case READY ->
                plain(HttpStatus.NO_CONTENT_204, CartStatus.READY)
                        .with(Problems.MESSAGE, HeaderText.ascii(cart.reason()))
                        .with("Link", paths.links(""));
            case ERROR -> problems.failed(cart.reason());
            case DELETED -> unknown(uid);
        };
    }

    private ShortResponse unknown(String uid) {
        return problems.of("HEAD", HttpStatus.NOT_FOUND_404, "No cart with uid " + uid + " found", Map.of());
    }

    private ShortResponse inWork(int code, Cart cart) {
        Progress progress = cart.progress();
        ShortResponse answer = plain(code, cart.status())
                .with(Problems.MESSAGE, HeaderText.ascii(carts.message(cart)))
                .with(Problems.RETRY_AFTER, "5")
                .with("X-Cartd-Files", progress.staged() + "/" + progress.files());
        return progress.bytes().isEmpty()
                ? answer
                : answer.with(
                        "X-Cartd-Bytes",
                        progress.stagedBytes() + "/" + progress.bytes().getAsLong());
    }

    private static ShortResponse plain(int code, CartStatus status) {
        return ShortResponse.of(code, "").with(Problems.STATUS, status.word()).with(Problems.MESSAGE, "");
    }
}
