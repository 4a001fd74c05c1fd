package dev.cartd.cli.admin;

import dev.cartd.cli.print.CartTable;
import picocli.CommandLine.Model.CommandSpec;

/** How commands say that no live cart has a uid. */
final class NoCart {
    private NoCart() {}

    /** The message, with the uid as it was given. */
    static String message(String uid) {
        return "No cart with uid " + uid + " found";
    }

    /** Prints the message as a complaint of this command, in one line that is fit for a terminal. */
    static void print(CommandSpec command, String uid) {
        command.commandLine().getErr().println("cartd: " + message(CartTable.line(uid)));
    }
}
