package dev.cartd.cli.admin;

import dev.cartd.Cartd;
import dev.cartd.cart.HumanText;
import dev.cartd.cart.Stray;
import dev.cartd.cli.command.CommandContext;
import dev.cartd.cli.command.JsonOption;
import dev.cartd.cli.command.Logs;
import dev.cartd.cli.command.OperatorSession;
import dev.cartd.cli.command.StopSignal;
import dev.cartd.cli.config.Configuration;
import dev.cartd.cli.config.ValueFormat;
import dev.cartd.cli.print.CartTable;
import dev.cartd.cli.print.Json;
import dev.cartd.cli.print.SpaceJson;
import dev.cartd.cli.print.SpaceReport;
import dev.cartd.space.EvictionCandidate;
import dev.cartd.space.Space;
import dev.cartd.space.SpaceSnapshot;
import java.io.PrintWriter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Shows the room on the volume, or makes room. */
@Command(
        name = "space",
        description = "Show the room on the volume: which carts take it, wait for it, and are evicted next.")
public final class SpaceCommand implements Callable<Integer> {
    /** The lines of a section without {@code --all}. */
    private static final int FEW = 20;

    /** How many deleted carts are searched for evicted and purged ones. */
    private static final int LAST_DELETED = 1000;

    @ParentCommand
    private CommandContext context;

    @Spec
    private CommandSpec spec;

    @Mixin
    private JsonOption json;

    @Option(names = "--all", description = "show all lines of each section, not only the first 20")
    private boolean all;

    @Option(
            names = "--free",
            paramLabel = "SIZE",
            converter = Size.class,
            description = "evict carts to free this much, such as 500GB, and wait until their files are removed")
    private @Nullable Long free;

    @Option(names = "--sweep", description = "remove directories that cartd made and that belong to no cart")
    private boolean sweep;

    @Override
    public Integer call() {
        StopSignal.interruptingThisThread();
        Configuration configuration = context.configuration();
        Logs.onlyWarnings();
        try (OperatorSession session = context.session(configuration)) {
            if (sweep) {
                return sweep(session.cartd());
            }
            Optional<Long> bytes = Optional.ofNullable(free);
            if (bytes.isPresent()) {
                return free(session, bytes.get());
            }
            show(session.cartd(), configuration.carts().volume().toString());
        }
        return CommandLine.ExitCode.OK;
    }

    private void show(Cartd cartd, String volume) {
        Space space = cartd.space();
        if (json.wanted()) {
            try (Json answer = new Json(spec.commandLine().getOut())) {
                new SpaceJson(answer).show(volume, space, cartd.deleted(LAST_DELETED), cartd.strays());
            }
            return;
        }
        SpaceReport report =
                new SpaceReport(spec.commandLine().getOut(), volume, space.snapshot(), all ? Integer.MAX_VALUE : FEW);
        report.volume();
        report.waiting(space.waiting());
        report.next(space.next());
        report.staying();
        report.pinned(space.pins());
        report.gone(cartd.deleted(LAST_DELETED));
        report.strays(cartd.strays());
    }

    private int sweep(Cartd cartd) {
        PrintWriter out = spec.commandLine().getOut();
        List<Stray> removed = cartd.sweep();
        if (json.wanted()) {
            try (Json answer = new Json(out)) {
                new SpaceJson(answer).strays("removed", removed);
            }
            return CommandLine.ExitCode.OK;
        }
        removed.forEach(stray ->
                out.println("removed " + CartTable.line(stray.directory().toString())));
        out.println("removed " + removed.size() + (removed.size() == 1 ? " directory" : " directories") + " in all");
        return CommandLine.ExitCode.OK;
    }

    private int free(OperatorSession session, long bytes) {
        SpaceSnapshot before = session.cartd().space().snapshot();
        Set<Long> evicted = new LinkedHashSet<>(
                session.cartd().evict(bytes, "an operator wants " + HumanText.size(bytes) + " free"));
        List<EvictionCandidate> gone = before.candidates().stream()
                .filter(candidate -> evicted.contains(candidate.cart()))
                .toList();
        long freed = before.freedBy(evicted);
        print(gone, freed);
        if (!evicted.isEmpty()) {
            session.awaitRemoval(spec.commandLine().getErr());
        }
        return freed >= bytes ? CommandLine.ExitCode.OK : tooLittle(freed, bytes);
    }

    private void print(List<EvictionCandidate> gone, long freed) {
        PrintWriter out = spec.commandLine().getOut();
        if (json.wanted()) {
            try (Json answer = new Json(out)) {
                new SpaceJson(answer.put("freed", freed)).candidates("evicted", gone);
            }
            return;
        }
        gone.forEach(candidate ->
                out.println("evicted cart " + candidate.cart() + " (" + CartTable.line(candidate.uid()) + "): "
                        + HumanText.size(candidate.bytes()) + ", last used " + HumanText.moment(candidate.used())));
        out.println("evicted " + HumanText.size(freed) + " in all");
        out.flush();
    }

    private int tooLittle(long freed, long bytes) {
        spec.commandLine()
                .getErr()
                .println("cartd: only " + HumanText.size(freed) + " of " + HumanText.size(bytes)
                        + " could be evicted; cartd space says why the rest has to stay");
        return CommandLine.ExitCode.SOFTWARE;
    }

    /** Reads a size in the notation of the configuration file. */
    static final class Size implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            return ValueFormat.size(1, Long.MAX_VALUE).ofOption(text);
        }
    }
}
