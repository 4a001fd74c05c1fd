package dev.cartd.volume;

/** Tells this process that a simulated process died: all of them are one real process. */
public final class DeadWriters {
    private DeadWriters() {}

    /** The writer with this text has no file open any more. */
    public static void died(String writer) {
        Writer.parse(writer).ifPresent(Writer::end);
    }
}
