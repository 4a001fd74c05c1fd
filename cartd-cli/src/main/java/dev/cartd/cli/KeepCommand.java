package dev.cartd.cli;

import dev.cartd.cart.Cart;
import dev.cartd.cart.Words;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Has a cart stay on the volume for some time. */
@Command(name = "keep", description = "Have the newest cart of a uid neither evicted nor purged for some time.")
final class KeepCommand implements Callable<Integer> {
    @ParentCommand
    private CartdCommand parent;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "UID", description = "whose newest cart")
    private String uid = "";

    @Option(
            names = "--for",
            paramLabel = "TIME",
            required = true,
            converter = Time.class,
            description = "how long from now on: 12h, 7d, '2 weeks'; 0 ends it")
    private Duration time = Duration.ZERO;

    @Override
    public Integer call() {
        Configuration configuration = parent.configuration();
        Logs.quiet();
        try (Site site = Wiring.site(configuration)) {
            Optional<Cart> cart =
                    site.cartd().status(uid).filter(found -> site.cartd().keep(found, time));
            if (cart.isEmpty()) {
                spec.commandLine().getErr().println("cartd: No cart with uid " + CartTable.line(uid) + " found");
                return CommandLine.ExitCode.SOFTWARE;
            }
            spec.commandLine()
                    .getOut()
                    .println("cart " + cart.get().id() + " (" + CartTable.line(uid) + ") "
                            + (time.isZero()
                                    ? "is not kept any more"
                                    : "is kept until "
                                            + Words.moment(Instant.now().plus(time))));
        }
        return CommandLine.ExitCode.OK;
    }

    /** In the notation of the configuration file. */
    static final class Time implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            return Form.duration(Duration.ZERO).ofOption(text);
        }
    }
}
