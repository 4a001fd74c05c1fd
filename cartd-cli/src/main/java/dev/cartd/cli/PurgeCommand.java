package dev.cartd.cli;

import dev.cartd.cart.Cart;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Deletes what nobody has used for long. */
@Command(
        name = "purge",
        description =
                "Delete the carts that were not used for some time; those that are being staged or downloaded, or are kept, stay.")
final class PurgeCommand implements Callable<Integer> {
    @ParentCommand
    private CartdCommand parent;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--time-ago",
            paramLabel = "TIME_AGO",
            defaultValue = "180 days ago",
            converter = TimeAgo.Converter.class,
            description = "those that were last used before that: '7 days ago' (180 days ago)")
    private TimeAgo time = new TimeAgo(Duration.ZERO);

    @Override
    public Integer call() {
        StopSignal.interruptingThisThread();
        Configuration configuration = parent.configuration();
        Logs.quiet();
        Instant before = time.before(Instant.now());
        try (Site site = Wiring.site(configuration)) {
            int deleted = 0;
            for (Iterator<Cart> carts = site.cartd().list().iterator(); carts.hasNext(); ) {
                Cart cart = carts.next();
                if (cart.updated().isBefore(before) && delete(site, cart)) {
                    deleted++;
                }
            }
            if (deleted > 0) {
                site.awaitRemoval(spec.commandLine().getErr());
            }
        }
        return CommandLine.ExitCode.OK;
    }

    private boolean delete(Site site, Cart cart) {
        Map<String, String> columns = site.database().columns(cart.id()).orElse(Map.of());
        boolean deleted = site.cartd().purge(cart);
        if (deleted) {
            PrintWriter out = spec.commandLine().getOut();
            out.println("deleting:" + PythonRepr.of(columns));
            out.println("Cart Deleted Successfully");
            out.flush();
        }
        return deleted;
    }
}
