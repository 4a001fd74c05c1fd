package dev.cartd.cli.admin;

import dev.cartd.cli.command.CommandContext;
import dev.cartd.cli.command.CommandDatabase;
import dev.cartd.cli.command.JsonOption;
import dev.cartd.cli.config.Configuration;
import dev.cartd.cli.config.FailedException;
import dev.cartd.cli.print.Json;
import dev.cartd.store.Database;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Checks whether this program can work with the database as it is. */
@Command(name = "dbchk", description = "Check whether this cartd can work with the database: exit 0 for yes, 1 for no.")
public final class DbCheckCommand implements Callable<Integer> {
    @ParentCommand
    private CommandContext context;

    @Spec
    private CommandSpec spec;

    @Mixin
    private JsonOption json;

    @Option(names = "--equal", description = "check whether it is exactly what dbsync makes")
    private boolean equal;

    @Override
    public Integer call() {
        Configuration configuration = context.configuration();
        if (!Database.exists(configuration.database())) {
            throw new FailedException(CommandDatabase.empty(configuration));
        }
        try (Database database = CommandDatabase.open(configuration)) {
            Database.Check check = database.check();
            Optional<String> changed = equal && check == Database.Check.USABLE
                    ? Optional.of("the database is not exactly what dbsync makes: something changed it since")
                    : Optional.empty();
            Optional<String> problem =
                    CommandDatabase.problem(configuration, check).or(() -> changed);
            if (json.wanted()) {
                write(check, problem);
            }
            problem.ifPresent(why -> {
                throw new FailedException(why);
            });
            CommandDatabase.warnIfOtherVolume(
                    configuration, database, spec.commandLine().getErr());
            return CommandLine.ExitCode.OK;
        }
    }

    private void write(Database.Check check, Optional<String> problem) {
        try (Json answer = new Json(spec.commandLine().getOut())) {
            answer.put("state", check.name().toLowerCase(Locale.ROOT))
                    .put("usable", check.works())
                    .put("equal", check == Database.Check.EQUAL)
                    .put("reason", problem.orElse(""));
        }
    }
}
