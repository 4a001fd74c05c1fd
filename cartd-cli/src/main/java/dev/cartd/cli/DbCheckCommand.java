package dev.cartd.cli;

import dev.cartd.store.Database;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Says whether this program can work with the database as it is. */
@Command(name = "dbchk", description = "Check whether this cartd can work with the database: exit 0 for yes, 1 for no.")
final class DbCheckCommand implements Callable<Integer> {
    @ParentCommand
    private CartdCommand parent;

    @Option(names = "--equal", description = "check whether it is exactly what dbsync makes")
    private boolean equal;

    @Override
    public Integer call() {
        try (Database database = Wiring.database(parent.configuration())) {
            boolean yes = switch (database.check()) {
                case EQUAL -> true;
                case USABLE -> !equal;
                case EMPTY, OUTDATED, NEWER -> false;
            };
            return yes ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
        }
    }
}
