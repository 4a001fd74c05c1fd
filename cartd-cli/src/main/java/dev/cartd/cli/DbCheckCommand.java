package dev.cartd.cli;

import dev.cartd.store.Database;
import java.util.Optional;
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
            Database.Check check = database.check();
            Optional<String> changed = equal && check == Database.Check.USABLE
                    ? Optional.of("the database is not exactly what dbsync makes: it was changed since")
                    : Optional.empty();
            Wiring.problem(check).or(() -> changed).ifPresent(why -> {
                throw new FailedException(why);
            });
            return CommandLine.ExitCode.OK;
        }
    }
}
