package dev.cartd.cli.admin;

import dev.cartd.cart.HumanText;
import dev.cartd.cli.command.CommandContext;
import dev.cartd.cli.command.CommandDatabase;
import dev.cartd.cli.command.JsonOption;
import dev.cartd.cli.command.Logs;
import dev.cartd.cli.config.Configuration;
import dev.cartd.cli.print.CartTable;
import dev.cartd.cli.print.Json;
import dev.cartd.spi.Notice;
import dev.cartd.spi.Notices;
import dev.cartd.store.Database;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Lists the notices that have not arrived, and has those sent again that were given up. */
@Command(
        name = "notices",
        description = {
            "List the notices about carts that have not arrived, those that were given up first.",
            "With --retry those that were given up are sent again."
        })
public final class NoticesCommand implements Callable<Integer> {
    /** How many are listed: they are read at once, into memory. */
    private static final int MOST = 10_000;

    @ParentCommand
    private CommandContext context;

    @Spec
    private CommandSpec spec;

    @Mixin
    private JsonOption json;

    @Option(names = "--retry", description = "send the notices again that were given up: those named, or all")
    private boolean retry;

    @Parameters(paramLabel = "ID", arity = "0..*", description = "with --retry: the notices to send again")
    private List<String> ids = List.of();

    @Override
    public Integer call() {
        if (!retry && !ids.isEmpty()) {
            throw new CommandLine.ParameterException(spec.commandLine(), "ID is for --retry only");
        }
        Configuration configuration = context.configuration();
        Logs.onlyWarnings();
        try (Database database = CommandDatabase.openUsable(configuration)) {
            return retry ? retry(database.notices()) : list(database.notices().list(MOST));
        }
    }

    private int retry(Notices notices) {
        Set<String> named = new HashSet<>(ids);
        int count = notices.retry(named);
        if (json.wanted()) {
            try (Json answer = new Json(spec.commandLine().getOut())) {
                answer.put("retried", count);
            }
        } else {
            spec.commandLine().getOut().println(count + (count == 1 ? " notice is" : " notices are") + " sent again");
        }
        return count < named.size() ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
    }

    private int list(List<Notice> all) {
        if (json.wanted()) {
            try (Json answer = new Json(spec.commandLine().getOut())) {
                answer.list("notices", all, notice -> write(answer, notice));
            }
        } else {
            all.forEach(this::print);
        }
        return CommandLine.ExitCode.OK;
    }

    private static void write(Json answer, Notice notice) {
        answer.put("id", notice.id())
                .put("event", notice.event().word())
                .put("cart", notice.cart())
                .put("uid", notice.uid())
                .put("to", notice.host())
                .put("happened", notice.happened().toString())
                .put("tries", notice.tries())
                .put("next", notice.due())
                .put("failure", notice.failure());
    }

    private void print(Notice notice) {
        PrintWriter out = spec.commandLine().getOut();
        String next = notice.due().map(NoticesCommand::next).orElse("given up");
        String failure = notice.failure().isEmpty() ? "" : ": " + CartTable.line(notice.failure());
        out.println(notice.id() + "  cart " + notice.cart() + " (" + CartTable.line(notice.uid()) + ") is "
                + notice.event().word() + " since " + HumanText.moment(notice.happened()) + ", to "
                + CartTable.line(notice.host()) + ", " + next + " after " + notice.tries() + " tries" + failure);
    }

    private static String next(Instant due) {
        return due.isAfter(Instant.now()) ? "next at " + HumanText.moment(due) : "due now";
    }
}
