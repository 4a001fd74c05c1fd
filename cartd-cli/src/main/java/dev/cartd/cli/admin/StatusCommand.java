package dev.cartd.cli.admin;

import dev.cartd.cart.Cart;
import dev.cartd.cli.command.CommandContext;
import dev.cartd.cli.command.CommandDatabase;
import dev.cartd.cli.command.JsonOption;
import dev.cartd.cli.config.Configuration;
import dev.cartd.cli.print.CartTable;
import dev.cartd.cli.print.Json;
import dev.cartd.store.Database;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Shows the live carts of some uids. */
@Command(
        name = "status",
        description = "Show the carts of some uids, and why they wait or failed. Exit 0 if each uid has one, else 1.")
public final class StatusCommand implements Callable<Integer> {
    @ParentCommand
    private CommandContext context;

    @Spec
    private CommandSpec spec;

    @Mixin
    private JsonOption json;

    @Mixin
    private WideOption wide;

    @Parameters(arity = "1..*", paramLabel = "UID", description = "the uids; the newest cart of each comes first")
    private List<String> uids = List.of();

    @Override
    public Integer call() {
        List<Cart> carts = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        Configuration configuration = context.configuration();
        try (Database database = CommandDatabase.openUsable(configuration)) {
            CommandDatabase.warnIfOtherVolume(
                    configuration, database, spec.commandLine().getErr());
            for (String uid : uids) {
                List<Cart> found = database.store().live(uid);
                carts.addAll(found);
                if (found.isEmpty()) {
                    missing.add(uid);
                }
            }
        }
        if (json.wanted()) {
            write(carts, missing);
        } else {
            print(carts);
        }
        missing.forEach(uid -> NoCart.print(spec, uid));
        return missing.isEmpty() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private void write(List<Cart> carts, List<String> missing) {
        try (Json answer = new Json(spec.commandLine().getOut())) {
            answer.list("carts", carts, answer::cart).texts("missing", missing);
        }
    }

    private void print(List<Cart> carts) {
        OptionalInt screen = wide.wanted() ? OptionalInt.empty() : context.screen();
        CartTable table = new CartTable(spec.commandLine().getOut(), Instant.now(), screen);
        carts.forEach(table::add);
        table.end();
    }
}
