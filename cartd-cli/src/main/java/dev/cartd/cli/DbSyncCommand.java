package dev.cartd.cli;

import dev.cartd.store.Database;
import dev.cartd.store.Synced;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Creates the database, or brings it up to date. */
@Command(name = "dbsync", description = "Create the database, or bring it up to date.")
final class DbSyncCommand implements Callable<Integer> {
    @ParentCommand
    private CartdCommand parent;

    @Spec
    private CommandSpec spec;

    @Mixin
    private JsonOption json;

    @Override
    public Integer call() {
        Synced done = sync(parent.configuration());
        PrintWriter out = spec.commandLine().getOut();
        if (json.wanted()) {
            write(done);
        } else {
            out.println(said(done));
            out.flush();
        }
        return CommandLine.ExitCode.OK;
    }

    static Synced sync(Configuration configuration) {
        try (Database database = Wiring.database(configuration)) {
            return database.sync();
        }
    }

    /** What was done, for people. */
    static String said(Synced done) {
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
