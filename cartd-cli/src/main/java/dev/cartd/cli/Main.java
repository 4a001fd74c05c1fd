package dev.cartd.cli;

import java.util.Map;

/** The entry point of the program. */
public final class Main {
    private Main() {}

    /** Runs a command and exits with 0 for yes, 1 for no or a failure, 2 for wrong usage. */
    public static void main(String[] args) {
        System.exit(run(System.getenv(), args));
    }

    /** Runs a command in this environment, and returns the exit code. */
    static int run(Map<String, String> environment, String... args) {
        return CartdCommand.line(environment, args).execute(args);
    }
}
