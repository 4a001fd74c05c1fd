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
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Tries the archive as it is configured, without a database or a volume. */
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
            description = "the id of a file in the archive: it is looked at, and read, or staged if it is on tape")
    private Optional<String> id = Optional.empty();

    @Override
    public Integer call() {
        Configuration configuration = context.configuration();
        Logs.onlyWarnings();
        PrintWriter out = spec.commandLine().getOut();
        List<ArchiveCheck.Step> steps = new ArrayList<>();
        String url = configuration.archive().place();
        if (!json.wanted()) {
            out.println("archive: " + CartTable.line(url));
        }
        boolean right;
        try (Archive archive = context.archive(configuration)) {
            ArchiveCheck check = new ArchiveCheck(archive, step -> {
                steps.add(step);
                if (!json.wanted()) {
                    out.println(
                            (step.right() ? "ok     " : "WRONG  ") + step.name() + ": " + CartTable.line(step.says()));
                    out.flush();
                }
            });
            right = id.map(check::run).orElseGet(check::run);
        }
        if (json.wanted()) {
            write(url, right, steps);
        }
        return right ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private void write(String url, boolean right, List<ArchiveCheck.Step> steps) {
        try (Json answer = new Json(spec.commandLine().getOut())) {
            answer.put("archive", url)
                    .put("right", right)
                    .list(
                            "steps",
                            steps,
                            step -> answer.put("step", step.name())
                                    .put("right", step.right())
                                    .put("says", step.says()));
        }
    }
}
