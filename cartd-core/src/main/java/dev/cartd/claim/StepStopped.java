package dev.cartd.claim;

/** Thrown to end a step early. */
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

    /** The cart fails for this reason. */
    public static StepStopped failed(String reason) {
        return new StepStopped(Kind.FAILED, reason);
    }

    /** Something that cartd did not create has the path of the cart's directory. */
    public static StepStopped barred(String reason) {
        return new StepStopped(Kind.BARRED, reason);
    }

    /** The volume is full though room was reserved: another program filled it. */
    public static StepStopped full() {
        return new StepStopped(Kind.FULL, "");
    }

    /** The cart is no longer this step's, was deleted, or the worker is closing. */
    public static StepStopped quietly() {
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
