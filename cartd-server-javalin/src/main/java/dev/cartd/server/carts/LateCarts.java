package dev.cartd.server.carts;

import dev.cartd.CartDetails;
import dev.cartd.Cartd;
import dev.cartd.Condition;
import dev.cartd.bundle.Bundle;
import dev.cartd.bundle.BundleFormat;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The carts of a server that listens before its {@code Cartd} is ready. Until {@link #set} is called, every method
 * throws {@link CartException.Unavailable}. Safe for use by many threads.
 */
public final class LateCarts implements Carts {
    private volatile @Nullable Carts carts;
    private volatile String reason = "";

    /** Uses these carts from now on. */
    public void set(Carts found) {
        carts = found;
    }

    /** Sets what the messages until {@link #set} say that the server waits for. */
    public void waitsFor(String what) {
        reason = ": it waits for " + what;
    }

    @Override
    public Cart submit(CartRequest request, Duration keep) {
        return current().submit(request, keep);
    }

    @Override
    public Optional<Cart> status(String uid) {
        return current().status(uid);
    }

    @Override
    public Bundle open(String uid, String filename, BundleFormat format) {
        return current().open(uid, filename, format);
    }

    @Override
    public Bundle open(Cart cart, CartFile file) {
        return current().open(cart, file);
    }

    @Override
    public boolean delete(String uid) {
        return current().delete(uid);
    }

    @Override
    public CartDetails details() {
        return current().details();
    }

    @Override
    public Cartd whole() {
        return current().whole();
    }

    @Override
    public String message(Cart cart) {
        return current().message(cart);
    }

    @Override
    public List<Condition> conditions() {
        return current().conditions();
    }

    private Carts current() {
        Carts found = carts;
        if (found == null) {
            String message = "cartd is starting" + reason;
            throw new CartException.Unavailable(message, new IllegalStateException(message));
        }
        return found;
    }
}
