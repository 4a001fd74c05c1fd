package dev.cartd.stage;

/** Ends a step before its end. */
final class Stopped extends Exception {
    private static final long serialVersionUID = 1;

    /** Whether the cart is to go to error with the message as its reason; else the step just leaves quietly. */
    private final boolean failed;

    private Stopped(boolean failed, String message) {
        super(message);
        this.failed = failed;
    }

    static Stopped failed(String reason) {
        return new Stopped(true, reason);
    }

    /** The cart belongs to somebody else now, was deleted, or the worker is being closed. */
    static Stopped quietly() {
        return new Stopped(false, "");
    }

    boolean isFailure() {
        return failed;
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
