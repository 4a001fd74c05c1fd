package dev.cartd.cli;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartStatus;
import dev.cartd.store.Database;
import java.time.Instant;
import java.util.Iterator;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Shows all live carts, or those that are gone. */
@Command(name = "list", description = "List the carts, newest first, one line each.")
final class ListCommand implements Callable<Integer> {
    /** They are read at once, and who looks for one knows about when it went. */
    private static final int MOST_DELETED = 10_000;

    @ParentCommand
    private CartdCommand parent;

    @Spec
    private CommandSpec spec;

    @ArgGroup
    private Which which = new Which();

    private static final class Which {
        @Option(names = "--failed", description = "only those in error")
        private boolean failed;

        @Option(names = "--deleted", description = "those that were deleted, evicted or purged lately, the last first")
        private boolean deleted;
    }

    @Override
    public Integer call() {
        try (Database database = Wiring.fitDatabase(parent.configuration())) {
            if (which.deleted) {
                showDeleted(database);
            } else {
                showLive(database);
            }
        }
        spec.commandLine().getOut().flush();
        return CommandLine.ExitCode.OK;
    }

    private void showLive(Database database) {
        CartTable table = new CartTable(spec.commandLine().getOut(), Instant.now());
        Iterator<Cart> carts = database.store()
                .live()
                .filter(cart -> !which.failed || cart.status() == CartStatus.ERROR)
                .iterator();
        while (carts.hasNext() && table.add(carts.next())) {
            // Until nobody reads on.
        }
    }

    private void showDeleted(Database database) {
        CartTable table = CartTable.ofDeleted(spec.commandLine().getOut(), Instant.now());
        database.store().deleted(MOST_DELETED).forEach(table::add);
    }
}
