package dev.cartd.server;

import dev.cartd.Cartd;
import dev.cartd.bundle.Bundle;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import java.util.Optional;

/** The four things that the HTTP face asks of {@link Cartd}, as that one promises them. */
interface Carts {
    Cart submit(CartRequest request);

    Optional<Cart> status(String uid);

    Bundle open(String uid, String filename);

    boolean delete(String uid);

    static Carts of(Cartd cartd) {
        return new Carts() {
            @Override
            public Cart submit(CartRequest request) {
                return cartd.submit(request);
            }

            @Override
            public Optional<Cart> status(String uid) {
                return cartd.status(uid);
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
