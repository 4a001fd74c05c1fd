package dev.cartd.cli.admin;

import dev.cartd.CartVolume;
import dev.cartd.cli.command.CommandContext;
import dev.cartd.cli.command.CommandDatabase;
import dev.cartd.cli.command.JsonOption;
import dev.cartd.cli.config.Configuration;
import dev.cartd.cli.config.FailedException;
import dev.cartd.cli.print.Json;
import dev.cartd.store.Database;
import dev.cartd.store.Synced;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Creates the database, or brings it up to date, and marks a new volume as the volume of the database. */
@Command(
        name = "dbsync",
        description = "Create the database, or bring it up to date; mark a new volume as the volume of the database.")
public final class DbSyncCommand implements Callable<Integer> {
    @ParentCommand
    private CommandContext context;

    @Spec
    private CommandSpec spec;

    @Mixin
    private JsonOption json;

    @Option(
            names = "--adopt-volume",
            description = "use the configured volume for this database from now on, whatever is on it")
    private boolean adopt;

    @Override
    public Integer call() {
        Configuration configuration = context.configuration();
        Synced done = CommandDatabase.sync(configuration);
        PrintWriter out = spec.commandLine().getOut();
        if (json.wanted()) {
            write(done);
        } else {
            out.println(summary(done));
            out.flush();
        }
        markVolume(configuration);
        return CommandLine.ExitCode.OK;
    }

    private void markVolume(Configuration configuration) {
        Path volume = configuration.carts().volume();
        try (Database database = CommandDatabase.open(configuration)) {
            CartVolume mark = CommandDatabase.volume(configuration, database);
            if (adopt) {
                mark.adopt();
            } else {
                mark.markIfNew();
            }
            if (mark.id().isPresent() || Files.exists(volume)) {
                warnIfOtherVolume(mark);
            }
        } catch (IOException e) {
            throw new FailedException("the database is up to date, but the volume " + volume + " cannot be marked", e);
        }
    }

    /** Not a failure, since the volume may only be mounted on other machines. */
    private void warnIfOtherVolume(CartVolume mark) {
        PrintWriter err = spec.commandLine().getErr();
        mark.problem().ifPresent(problem -> err.println("cartd: " + problem));
        err.flush();
    }

    /** A sentence about what was done. */
    static String summary(Synced done) {
        return switch (done.what()) {
            case MADE -> "made " + done.tables() + " tables";
            case UPGRADED ->
                "upgraded the database "
                        + done.from()
                                .map(version -> "of Pacifica Cartd " + version + " ")
                                .orElse("") + "(" + done.changes() + (done.changes() == 1 ? " change" : " changes")
                        + "): no row was lost";
            case NOTHING -> "the database is up to date: nothing to do";
        };
    }

    private void write(Synced done) {
        try (Json answer = new Json(spec.commandLine().getOut())) {
            answer.put("did", done.what().name().toLowerCase(Locale.ROOT))
                    .put("from", done.from())
                    .put("tables", done.tables())
                    .put("changes", done.changes());
        }
    }
}
