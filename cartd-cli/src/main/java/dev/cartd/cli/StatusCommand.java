package dev.cartd.cli;

import dev.cartd.cart.Cart;
import dev.cartd.store.Database;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Shows the live carts of some uids. */
@Command(name = "status", description = "Show carts: exit 0 if there is one of each uid, else 1.")
final class StatusCommand implements Callable<Integer> {
    @ParentCommand
    private CartdCommand parent;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "UID", description = "whose carts to show, newest first")
    private List<String> uids = List.of();

    @Override
    public Integer call() {
        int exit = CommandLine.ExitCode.OK;
        try (Database database = Wiring.fitDatabase(parent.configuration())) {
            CartTable table = new CartTable(spec.commandLine().getOut(), Instant.now());
            for (String uid : uids) {
                List<Cart> carts = database.store().live(uid);
                carts.forEach(table::add);
                if (carts.isEmpty()) {
                    spec.commandLine().getErr().println("cartd: No cart with uid " + CartTable.line(uid) + " found");
                    exit = CommandLine.ExitCode.SOFTWARE;
                }
            }
        }
        spec.commandLine().getOut().flush();
        return exit;
    }
}
