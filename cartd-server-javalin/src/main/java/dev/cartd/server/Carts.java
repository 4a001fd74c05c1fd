package dev.cartd.server;

import dev.cartd.Cartd;
import dev.cartd.bundle.Bundle;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import java.time.Duration;
import java.util.Optional;

/** The five methods of {@link Cartd} that the server uses, with the same contracts. */
interface Carts {
    /** Submits a request, and promises to keep the cart for {@code keep} unless that is zero. */
    Cart submit(CartRequest request, Duration keep);

    Optional<Cart> status(String uid);

    String message(Cart cart);

    Bundle open(String uid, String filename);

    boolean delete(String uid);

    static Carts of(Cartd cartd) {
        return new Carts() {
            @Override
            public Cart submit(CartRequest request, Duration keep) {
                return keep.isZero() ? cartd.submit(request) : cartd.submit(request, keep);
            }

            @Override
            public Optional<Cart> status(String uid) {
                return cartd.status(uid);
            }

            @Override
            public String message(Cart cart) {
                return cartd.message(cart);
            }

            @Override
            public Bundle open(String uid, String filename) {
                return cartd.open(uid, filename);
            }

            @Override
            public boolean delete(String uid) {
                return cartd.delete(uid);
            }
        };
    }
}
