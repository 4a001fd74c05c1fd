package dev.cartd.cli.admin;

import dev.cartd.cli.command.CommandContext;
import dev.cartd.cli.command.CommandDatabase;
import dev.cartd.cli.config.Configuration;
import dev.cartd.cli.config.FailedException;
import dev.cartd.cli.print.DumpFormat;
import dev.cartd.cli.print.JsonDump;
import dev.cartd.cli.print.YamlDump;
import dev.cartd.store.Database;
import dev.cartd.store.StoredCart;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Iterator;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Prints all live carts and their files. */
@Command(name = "dump", description = "Print all carts and their files, newest first, as YAML.")
public final class DumpCommand implements Callable<Integer> {
    @ParentCommand
    private CommandContext context;

    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "print JSON, on one line")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        Configuration configuration = context.configuration();
        try (Database database = CommandDatabase.openUsable(configuration)) {
            CommandDatabase.warnIfOtherVolume(
                    configuration, database, spec.commandLine().getErr());
            DumpFormat format = json ? new JsonDump(out) : new YamlDump(out);
            for (Iterator<StoredCart> carts = database.dump().iterator(); carts.hasNext(); ) {
                format.cart(carts.next());
                if (out.checkError()) {
                    throw new FailedException("the output was closed before its end");
                }
            }
            format.end();
            out.flush();
        }
        return CommandLine.ExitCode.OK;
    }
}
