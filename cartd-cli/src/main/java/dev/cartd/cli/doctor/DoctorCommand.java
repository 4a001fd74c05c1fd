package dev.cartd.cli.doctor;

import dev.cartd.cli.command.CommandContext;
import dev.cartd.cli.command.JsonOption;
import dev.cartd.cli.command.Logs;
import dev.cartd.cli.config.Configuration;
import dev.cartd.cli.print.CartTable;
import dev.cartd.cli.print.Json;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Looks at all that a server needs, and says what is wrong and what to do. */
@Command(
        name = "doctor",
        description = "Look at configuration, database, volume, archive and machine, and say what is wrong and what to"
                + " do: exit 0 if a server can work, 1 if not.")
public final class DoctorCommand implements Callable<Integer> {
    private static final Duration LONGEST = Duration.ofSeconds(30);

    @ParentCommand
    private CommandContext context;

    @Spec
    private CommandSpec spec;

    @Mixin
    private JsonOption json;

    @Override
    public Integer call() {
        Logs.onlyErrors();
        Configuration configuration = context.configuration();
        Examination examination = new Examination(LONGEST);
        List<Finding> all = new ArrayList<>();
        checks(configuration).forEach((about, check) -> {
            List<Finding> found = examination.of(about, check);
            if (!json.wanted()) {
                found.forEach(this::print);
            }
            all.addAll(found);
        });
        boolean good = all.stream().noneMatch(Finding::isBad);
        if (json.wanted()) {
            write(good, all);
        }
        return good ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private Map<String, Check> checks(Configuration configuration) {
        Map<String, Check> checks = new LinkedHashMap<>();
        checks.put("configuration", () -> settings(configuration));
        checks.put("machine", new MachineCheck(configuration));
        checks.put("access", new AccessCheck(configuration.access()));
        checks.put("notify", new NotifyCheck(configuration.notices()));
        checks.put("volume", new VolumeProbe(configuration));
        checks.put("database", new DatabaseCheck(configuration));
        configuration.allArchives().forEach((name, access) -> {
            String about = name.isEmpty() ? "archive" : "archive " + name;
            String section = name.isEmpty() ? "archiveinterface" : about;
            checks.put(about, new ArchiveCheck(() -> context.archive(access), about, section, access.place()));
        });
        return checks;
    }

    private static List<Finding> settings(Configuration configuration) {
        List<Finding> found = new ArrayList<>();
        found.add(Finding.ok("settings", configuration.origin()));
        configuration
                .remarks()
                .forEach(remark -> found.add(Finding.warn("settings", remark + ": remove or correct it")));
        return found;
    }

    private void print(Finding finding) {
        PrintWriter out = spec.commandLine().getOut();
        String text = CartTable.line(finding.text());
        out.println(
                String.format(Locale.ROOT, "%-4s  %-10s  %s", finding.state().word(), finding.about(), text));
        out.flush();
    }

    private void write(boolean good, List<Finding> all) {
        try (Json answer = new Json(spec.commandLine().getOut())) {
            answer.put("good", good)
                    .list(
                            "findings",
                            all,
                            finding -> answer.put("state", finding.state().word())
                                    .put("about", finding.about())
                                    .put("text", finding.text()));
        }
    }
}
