package dev.cartd.cli;

/** Where the program begins. */
public final class Main {
    private Main() {}

    /** Runs a command and exits with 0 for yes, 1 for no or a failure, 2 for wrong usage. */
    public static void main(String[] args) {
        System.exit(CartdCommand.line(System.getenv()).execute(args));
    }
}
