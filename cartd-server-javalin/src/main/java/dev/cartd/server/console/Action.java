package dev.cartd.server.console;

import dev.cartd.Cartd;
import dev.cartd.cart.Cart;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a button of the console does with a cart: the same as a command. */
enum Action {
    /** {@code cartd fixit}. */
    REPAIR("Repair", "is being repaired", "is in work, or changed just now") {
        @Override
        boolean run(Cartd cartd, Cart cart) {
            return cartd.restage(cart);
        }
    },
    /** {@code cartd keep --for 7d}. */
    KEEP("Keep for 7 days", "is kept for 7 days", "is no longer there") {
        @Override
        boolean run(Cartd cartd, Cart cart) {
            return cartd.keep(cart, Duration.ofDays(7));
        }
    },
    /** {@code cartd keep --for 0}. */
    RELEASE("Keep no longer", "is kept no longer", "is no longer there") {
        @Override
        boolean run(Cartd cartd, Cart cart) {
            return cartd.keep(cart, Duration.ZERO);
        }
    },
    /** {@code cartd purge}, of this cart. */
    EVICT("Evict", "is evicted", "is in work, being downloaded or kept, or was used just now") {
        @Override
        boolean run(Cartd cartd, Cart cart) {
            return cartd.purge(cart);
        }
    },
    /** {@code DELETE /{uid}}. */
    DELETE("Delete", "is deleted, with all carts of its uid", "is no longer there") {
        @Override
        boolean run(Cartd cartd, Cart cart) {
            return cartd.delete(cart.uid());
        }
    };

    private final String label;
    private final String done;
    private final String why;

    /**
     * An action.
     *
     * @param done what happened to the cart, in words that follow its number
     * @param why why it did not happen
     */
    Action(String label, String done, String why) {
        this.label = label;
        this.done = done;
        this.why = why;
    }

    /** What the button says. */
    String label() {
        return label;
    }

    /** What happened to the cart, in words that follow its number. */
    String done() {
        return done;
    }

    /** Why it did not happen, in words that follow the number of the cart. */
    String why() {
        return why;
    }

    /** Where the button sends its form to. */
    String path() {
        return "/-/console/" + word();
    }

    private String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The action whose path ends in this word. */
    static Optional<Action> of(String word) {
        return Arrays.stream(values())
                .filter(action -> action.word().equals(word))
                .findFirst();
    }

    /**
     * Does it.
     *
     * @return whether it happened
     * @throws dev.cartd.cart.CartException.Unavailable if the store cannot be reached in time
     */
    abstract boolean run(Cartd cartd, Cart cart);
}
