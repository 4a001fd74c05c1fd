package dev.cartd.pull;

/** Ends a step before its end. */
public final class Stopped extends Exception {
    private static final long serialVersionUID = 1;

    private enum Kind {
        FAILED,
        QUIETLY,
        FULL,
        BARRED
    }

    private final Kind kind;

    private Stopped(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** The cart is to go to error for this reason. */
    public static Stopped failed(String reason) {
        return new Stopped(Kind.FAILED, reason);
    }

    /** What is not cartd's has the place of the cart's directory. */
    public static Stopped barred(String reason) {
        return new Stopped(Kind.BARRED, reason);
    }

    /** The volume has no room, though it was reserved: somebody else filled it. */
    static Stopped full() {
        return new Stopped(Kind.FULL, "");
    }

    /** The cart belongs to somebody else now, was deleted, or the worker is being closed. */
    static Stopped quietly() {
        return new Stopped(Kind.QUIETLY, "");
    }

    public boolean isFailure() {
        return kind == Kind.FAILED;
    }

    public boolean isFull() {
        return kind == Kind.FULL;
    }

    public boolean isBarred() {
        return kind == Kind.BARRED;
    }

    public String reason() {
        return String.valueOf(getMessage());
    }
}
