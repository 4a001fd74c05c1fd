package dev.cartd.cart;

import java.util.Objects;

/** A request about a cart failed. Each kind of failure is a subtype; the message is for people. */
public abstract sealed class CartException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** The kinds of failures, one for each subtype. */
    public enum Kind {
        /** {@link Invalid}. */
        INVALID,
        /** {@link NotFound}. */
        NOT_FOUND,
        /** {@link NotReady}. */
        NOT_READY,
        /** {@link Failed}. */
        FAILED,
        /** {@link NoSuchForm}. */
        NO_SUCH_FORM,
        /** {@link Unavailable}, and not one of its subtypes. */
        UNAVAILABLE,
        /** {@link VolumeAway}. */
        VOLUME_AWAY
    }

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

    /** The kind of this failure, for an exhaustive switch. */
    public abstract Kind kind();

    /** The request is not valid and is refused as a whole; the message names the place and the reason. */
    public static final class Invalid extends CartException {
        private static final long serialVersionUID = 1;

        /** A refusal with this message. */
        public Invalid(String message) {
            super(message);
        }

        @Override
        public Kind kind() {
            return Kind.INVALID;
        }
    }

    /** The cart cannot be had in the form that is asked for; the message says why, and what helps. */
    public static final class NoSuchForm extends CartException {
        private static final long serialVersionUID = 1;

        /** A refusal with this message. */
        public NoSuchForm(String message) {
            super(message);
        }

        @Override
        public Kind kind() {
            return Kind.NO_SUCH_FORM;
        }
    }

    /** There is no live cart with that uid, or it has nothing of that name. */
    public static final class NotFound extends CartException {
        private static final long serialVersionUID = 1;

        /** There is no such cart. */
        public NotFound() {
            super("The cart does not exist or has already been deleted");
        }

        /** A refusal with this message. */
        public NotFound(String message) {
            super(message);
        }

        @Override
        public Kind kind() {
            return Kind.NOT_FOUND;
        }
    }

    /** The cart is still in work: it is not ready yet. */
    public static final class NotReady extends CartException {
        private static final long serialVersionUID = 1;

        /** The cart is in work. Clients of Pacifica Cartd expect exactly this sentence. */
        public NotReady() {
            super("The cart is not ready for download.");
        }

        /** A refusal with this message. */
        public NotReady(String message) {
            super(message);
        }

        @Override
        public Kind kind() {
            return Kind.NOT_READY;
        }
    }

    /** The cart is in error; the message is its reason. */
    public static final class Failed extends CartException {
        private static final long serialVersionUID = 1;

        /** A failure with this reason. */
        public Failed(String message) {
            super(message);
        }

        @Override
        public Kind kind() {
            return Kind.FAILED;
        }
    }

    /** The store, the volume or the memory cannot be used now. The same request may succeed later. */
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

        @Override
        public Kind kind() {
            return Kind.UNAVAILABLE;
        }
    }

    /**
     * The volume of the carts is not there now. Callers need not log this: the thread that watches the volume logs it
     * once.
     */
    public static final class VolumeAway extends Unavailable {
        private static final long serialVersionUID = 1;

        /** A failure with this message and its cause. */
        public VolumeAway(String message, Throwable cause) {
            super(message, cause);
        }

        @Override
        public Kind kind() {
            return Kind.VOLUME_AWAY;
        }
    }
}
