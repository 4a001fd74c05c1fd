package dev.cartd.cart;

import java.util.Objects;

/**
 * What can go wrong with a cart, seen by who asks for it: one subtype for each failure, each with a message for people.
 */
public abstract sealed class CartException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private CartException(String message) {
        super(message);
    }

    private CartException(String message, Throwable cause) {
        super(message, cause);
    }

    /** What went wrong, in one line; never null. */
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }

    /** A request that is refused as a whole; the message names the place and the reason. */
    public static final class Invalid extends CartException {
        private static final long serialVersionUID = 1;

        /** A refusal with this message. */
        public Invalid(String message) {
            super(message);
        }
    }

    /** There is no live cart of that uid. */
    public static final class NotFound extends CartException {
        private static final long serialVersionUID = 1;

        /** A refusal with this message. */
        public NotFound(String message) {
            super(message);
        }
    }

    /** The cart is still in work. */
    public static final class NotReady extends CartException {
        private static final long serialVersionUID = 1;

        /** A refusal with this message. */
        public NotReady(String message) {
            super(message);
        }
    }

    /** The cart is in error; the message is its reason. */
    public static final class Failed extends CartException {
        private static final long serialVersionUID = 1;

        /** A failure with this reason. */
        public Failed(String message) {
            super(message);
        }
    }

    /** The store cannot answer now: it is away, or too busy. Asking again later is right. */
    public static sealed class Unavailable extends CartException {
        private static final long serialVersionUID = 1;

        /** A failure with this message. */
        public Unavailable(String message) {
            super(message);
        }

        /** A failure with this message and its cause. */
        public Unavailable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The volume of the carts is not there now. Nobody has to log it: who watches the volume does, once. */
    public static final class VolumeAway extends Unavailable {
        private static final long serialVersionUID = 1;

        /** A failure with this message and its cause. */
        public VolumeAway(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
