package dev.cartd.pull;

/** Ends a step before its end. */
public final class StepStopped extends Exception {
    private static final long serialVersionUID = 1;

    private enum Kind {
        FAILED,
        QUIETLY,
        FULL,
        BARRED
    }

    private final Kind kind;

    private StepStopped(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** The cart is to go to error for this reason. */
    public static StepStopped failed(String reason) {
        return new StepStopped(Kind.FAILED, reason);
    }

    /** What is not cartd's has the place of the cart's directory. */
    public static StepStopped barred(String reason) {
        return new StepStopped(Kind.BARRED, reason);
    }

    /** The volume has no room, though it was reserved: somebody else filled it. */
    static StepStopped full() {
        return new StepStopped(Kind.FULL, "");
    }

    /** The cart belongs to somebody else now, was deleted, or the worker is being closed. */
    static StepStopped quietly() {
        return new StepStopped(Kind.QUIETLY, "");
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
