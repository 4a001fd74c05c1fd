package dev.cartd.server.carts;

import dev.cartd.CartDetails;
import dev.cartd.Cartd;
import dev.cartd.Condition;
import dev.cartd.bundle.Bundle;
import dev.cartd.bundle.BundleFormat;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The methods of {@link Cartd} that the server uses, with the same contracts. */
public interface Carts {
    /** Submits a request, and promises to keep the cart for {@code keep} unless that is zero. */
    Cart submit(CartRequest request, Duration keep);

    /** {@link Cartd#status}. */
    Optional<Cart> status(String uid);

    /** {@link Cartd#message}. */
    String message(Cart cart);

    /** {@link Cartd#open(String, String, BundleFormat)}. */
    Bundle open(String uid, String filename, BundleFormat format);

    /** {@link Cartd#open(Cart, CartFile)}. */
    Bundle open(Cart cart, CartFile file);

    /** {@link Cartd#delete}. */
    boolean delete(String uid);

    /** {@link Cartd#conditions}. */
    List<Condition> conditions();

    /** {@link Cartd#details}. */
    CartDetails details();

    /** The {@link Cartd} itself, for what only admins see and do. */
    Cartd whole();

    /** The carts of this {@code cartd}. */
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
            public Bundle open(String uid, String filename, BundleFormat format) {
                return cartd.open(uid, filename, format);
            }

            @Override
            public CartDetails details() {
                return cartd.details();
            }

            @Override
            public Cartd whole() {
                return cartd;
            }

            @Override
            public Bundle open(Cart cart, CartFile file) {
                return cartd.open(cart, file);
            }

            @Override
            public boolean delete(String uid) {
                return cartd.delete(uid);
            }

            @Override
            public List<Condition> conditions() {
                return cartd.conditions();
            }
        };
    }
}
