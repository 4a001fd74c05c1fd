package dev.cartd.cli;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartStatus;
import dev.cartd.store.Database;
import java.time.Instant;
import java.util.Iterator;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Shows all live carts. */
@Command(name = "list", description = "List the carts, newest first, one line each.")
final class ListCommand implements Callable<Integer> {
    @ParentCommand
    private CartdCommand parent;

    @Spec
    private CommandSpec spec;

    @Option(names = "--failed", description = "only those in error")
    private boolean failed;

    @Override
    public Integer call() {
        try (Database database = Wiring.fitDatabase(parent.configuration())) {
            CartTable table = new CartTable(spec.commandLine().getOut(), Instant.now());
            Iterator<Cart> carts = database.store()
                    .live()
                    .filter(cart -> !failed || cart.status() == CartStatus.ERROR)
                    .iterator();
            while (carts.hasNext() && table.add(carts.next())) {
                // Until nobody reads on.
            }
        }
        spec.commandLine().getOut().flush();
        return CommandLine.ExitCode.OK;
    }
}
