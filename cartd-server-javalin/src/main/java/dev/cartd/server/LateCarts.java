package dev.cartd.server;

import dev.cartd.bundle.Bundle;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartRequest;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The carts of a server that listens before there are any; until they are set, nobody can be answered. */
final class LateCarts implements Carts {
    private volatile @Nullable Carts carts;
    private volatile String reason = "";

    void set(Carts found) {
        carts = found;
    }

    void waitsFor(String what) {
        reason = ": it waits for " + what;
    }

    @Override
    public Cart submit(CartRequest request, Duration keep) {
        return there().submit(request, keep);
    }

    @Override
    public Optional<Cart> status(String uid) {
        return there().status(uid);
    }

    @Override
    public Bundle open(String uid, String filename) {
        return there().open(uid, filename);
    }

    @Override
    public boolean delete(String uid) {
        return there().delete(uid);
    }

    @Override
    public String message(Cart cart) {
        return there().message(cart);
    }

    private Carts there() {
        Carts found = carts;
        if (found == null) {
            String message = "cartd is starting" + reason;
            throw new CartException.Unavailable(message, new IllegalStateException(message));
        }
        return found;
    }
}
