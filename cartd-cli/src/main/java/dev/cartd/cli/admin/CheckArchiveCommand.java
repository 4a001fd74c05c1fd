package dev.cartd.cli.admin;

import dev.cartd.cli.command.CommandContext;
import dev.cartd.cli.command.JsonOption;
import dev.cartd.cli.command.Logs;
import dev.cartd.cli.config.Configuration;
import dev.cartd.cli.print.CartTable;
import dev.cartd.cli.print.Json;
import dev.cartd.spi.Archive;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Tries the archives as they are configured, without a database or a volume. */
@Command(name = "check-archive", description = "Try the archive as it is configured, and say what is wrong.")
public final class CheckArchiveCommand implements Callable<Integer> {
    @ParentCommand
    private CommandContext context;

    @Spec
    private CommandSpec spec;

    @Mixin
    private JsonOption json;

    @Parameters(
            paramLabel = "ID",
            arity = "0..1",
            description =
                    "the id of a file in an archive: it is looked at, and read, or staged if it is on tape. Without an"
                            + " id every archive is asked for a file that it does not have")
    private Optional<String> id = Optional.empty();

    @Override
    public Integer call() {
        Configuration configuration = context.configuration();
        Logs.onlyWarnings();
        List<Tried> steps = new ArrayList<>();
        boolean right = true;
        Optional<String> only = id.map(configuration::archiveOf);
        for (Map.Entry<String, Configuration.ArchiveAccess> each :
                configuration.allArchives().entrySet()) {
            if (only.isEmpty() || only.get().equals(each.getKey())) {
                right &= check(each.getKey(), each.getValue(), steps);
            }
        }
        if (json.wanted()) {
            write(right, steps);
        }
        return right ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    /** @param url of the archive that was tried */
    private record Tried(String url, ArchiveTrial.Step step) {}

    /** Tries one archive; returns whether all went well. */
    private boolean check(String name, Configuration.ArchiveAccess access, List<Tried> steps) {
        print(("archive " + name).strip() + ": " + CartTable.line(access.place()));
        try (Archive archive = context.archive(access)) {
            ArchiveTrial trial = new ArchiveTrial(archive, step -> {
                steps.add(new Tried(access.place(), step));
                print((step.right() ? "ok     " : "WRONG  ") + step.name() + ": " + CartTable.line(step.says()));
            });
            int prefix = name.isEmpty() ? 0 : name.length() + 1;
            return id.map(whole -> trial.run(whole.substring(prefix))).orElseGet(trial::run);
        }
    }

    private void print(String line) {
        if (!json.wanted()) {
            PrintWriter out = spec.commandLine().getOut();
            out.println(line);
            out.flush();
        }
    }

    /** At least one archive was tried, in at least one step. */
    private void write(boolean right, List<Tried> steps) {
        try (Json answer = new Json(spec.commandLine().getOut())) {
            answer.put("archive", steps.get(0).url())
                    .put("right", right)
                    .list(
                            "steps",
                            steps,
                            tried -> answer.put("archive", tried.url())
                                    .put("step", tried.step().name())
                                    .put("right", tried.step().right())
                                    .put("says", tried.step().says()));
        }
    }
}
