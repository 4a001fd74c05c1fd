package dev.cartd.simulation;

import java.io.PrintStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What happens in a run, in one line each. Two runs are the same if their traces have the same {@link #hash}. */
final class Trace {
    private final @Nullable PrintStream out;
    private @Nullable Machine machine;
    private long hash = 7;
    private long lines;

    /** @param out where the lines are printed; null for nowhere */
    Trace(@Nullable PrintStream out) {
        this.out = out;
    }

    void of(Machine newMachine) {
        machine = newMachine;
    }

    /** Whether anybody reads the lines. */
    boolean isRead() {
        return out != null;
    }

    void add(String what, String about) {
        Machine at = machine;
        if (at == null || at.isOver()) {
            return;
        }
        lines++;
        hash = 31 * (31 * (31 * hash + what.hashCode()) + about.hashCode()) + Long.hashCode(at.now());
        if (out != null) {
            print(String.format(Locale.ROOT, "%-9s %s", what, about));
        }
    }

    /** Prints a line that does not count. */
    void print(String line) {
        if (out != null && machine != null) {
            out.println(String.format(Locale.ROOT, "%12.6f %-12s %s", machine.now() / 1e9, machine.current(), line));
        }
    }

    long hash() {
        return 31 * hash + lines;
    }
}
