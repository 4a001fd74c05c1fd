package dev.cartd.cli;

import dev.cartd.store.Database;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Creates the database, or brings it up to date. */
@Command(name = "dbsync", description = "Create the database, or bring it up to date.")
final class DbSyncCommand implements Callable<Integer> {
    @ParentCommand
    private CartdCommand parent;

    @Override
    public Integer call() {
        sync(parent.configuration());
        return CommandLine.ExitCode.OK;
    }

    static void sync(Configuration configuration) {
        try (Database database = Wiring.database(configuration)) {
            database.sync();
        }
    }
}
