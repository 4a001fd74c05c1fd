package dev.cartd.cli.admin;

import dev.cartd.cli.command.CommandContext;
import dev.cartd.cli.command.Logs;
import dev.cartd.cli.command.OperatorSession;
import dev.cartd.cli.command.StopSignal;
import dev.cartd.cli.config.Configuration;
import dev.cartd.cli.print.Screen;
import dev.cartd.cli.print.TopFrame;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Shows all carts together, again and again. */
@Command(
        name = "top",
        description = "Show what is in work and what failed, the nodes and the room, every two seconds until Ctrl-C.")
public final class TopCommand implements Callable<Integer> {
    private static final Duration PAUSE = Duration.ofSeconds(2);

    /** Control sequences of every terminal. */
    private static final String CLEAR = "\u001b[2J";

    private static final String HOME = "\u001b[H";
    private static final String REST_OF_LINE = "\u001b[K";
    private static final String REST_OF_SCREEN = "\u001b[J";

    @ParentCommand
    private CommandContext context;

    @Spec
    private CommandSpec spec;

    @Option(names = "--once", description = "show it once and end")
    private boolean once;

    @Override
    public Integer call() {
        StopSignal.interruptingThisThread();
        Configuration configuration = context.configuration();
        Logs.onlyErrors();
        PrintWriter out = spec.commandLine().getOut();
        try (OperatorSession session = context.view(configuration)) {
            boolean first = true;
            do {
                OptionalInt width = context.screen();
                List<String> lines = TopFrame.lines(session.cartd(), Instant.now(), width);
                if (width.isPresent() && !once) {
                    redraw(out, lines, first);
                } else {
                    lines.forEach(out::println);
                    out.println();
                }
                first = false;
                out.flush();
                // The writer does not know of errors: only the stream below it notices that nobody reads any more.
            } while (!once && !System.out.checkError() && pause());
        }
        return CommandLine.ExitCode.OK;
    }

    /** Writes over the frame before it, so that nothing flickers and nothing of it stays. */
    private static void redraw(PrintWriter out, List<String> lines, boolean first) {
        // A line more than the terminal has would move the others up.
        long most = Screen.height().orElse(Integer.MAX_VALUE) - 1L;
        out.print((first ? CLEAR : "") + HOME);
        lines.stream().limit(most).forEach(line -> out.print(line + REST_OF_LINE + System.lineSeparator()));
        out.print(REST_OF_SCREEN);
    }

    /** Waits for the next frame; false if a signal ends the command. */
    private static boolean pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
