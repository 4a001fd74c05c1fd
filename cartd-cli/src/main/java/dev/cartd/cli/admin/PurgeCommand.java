package dev.cartd.cli.admin;

import dev.cartd.cart.Cart;
import dev.cartd.cli.command.CommandContext;
import dev.cartd.cli.command.JsonOption;
import dev.cartd.cli.command.Logs;
import dev.cartd.cli.command.OperatorSession;
import dev.cartd.cli.command.StopSignal;
import dev.cartd.cli.config.Configuration;
import dev.cartd.cli.print.Json;
import dev.cartd.cli.print.PythonRepr;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Deletes carts that nobody has used for some time. */
@Command(
        name = "purge",
        description = "Delete carts that were not used for some time; not those in work, being downloaded or kept.")
public final class PurgeCommand implements Callable<Integer> {
    @ParentCommand
    private CommandContext context;

    @Spec
    private CommandSpec spec;

    @Mixin
    private JsonOption json;

    @Option(
            names = "--time-ago",
            paramLabel = "TIME_AGO",
            defaultValue = "180 days ago",
            converter = TimeAgo.Converter.class,
            description = "delete carts that were last used before this time: '7 days ago' (180 days ago)")
    private TimeAgo time = new TimeAgo(Duration.ZERO);

    @Override
    public Integer call() {
        StopSignal.interruptingThisThread();
        Configuration configuration = context.configuration();
        Logs.onlyWarnings();
        Instant before = time.before(Instant.now());
        try (OperatorSession session = context.session(configuration)) {
            Stream<Cart> old =
                    session.cartd().list().filter(cart -> cart.updated().isBefore(before));
            if (json.wanted()) {
                write(session, old);
            } else if (old.filter(cart -> delete(session, cart)).count() > 0) {
                session.awaitRemoval(spec.commandLine().getErr());
            }
        }
        return CommandLine.ExitCode.OK;
    }

    private void write(OperatorSession session, Stream<Cart> old) {
        try (Json answer = new Json(spec.commandLine().getOut())) {
            answer.list("deleted", old.filter(session.cartd()::purge).iterator(), answer::cart);
            answer.put("left", session.awaitRemoval(spec.commandLine().getErr()));
        }
    }

    private boolean delete(OperatorSession session, Cart cart) {
        Map<String, String> columns = session.database().columns(cart.id()).orElse(Map.of());
        boolean deleted = session.cartd().purge(cart);
        if (deleted) {
            PrintWriter out = spec.commandLine().getOut();
            out.println("deleting:" + PythonRepr.of(columns));
            out.println("Cart Deleted Successfully");
            out.flush();
        }
        return deleted;
    }
}
