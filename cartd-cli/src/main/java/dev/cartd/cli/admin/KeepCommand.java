package dev.cartd.cli.admin;

import dev.cartd.cart.Cart;
import dev.cartd.cart.HumanText;
import dev.cartd.cli.command.CommandContext;
import dev.cartd.cli.command.JsonOption;
import dev.cartd.cli.command.Logs;
import dev.cartd.cli.command.OperatorSession;
import dev.cartd.cli.config.Configuration;
import dev.cartd.cli.config.ValueFormat;
import dev.cartd.cli.print.CartTable;
import dev.cartd.cli.print.Json;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Protects a cart from eviction and purge for some time. */
@Command(name = "keep", description = "Protect the newest cart of a uid from eviction and purge for some time.")
public final class KeepCommand implements Callable<Integer> {
    @ParentCommand
    private CommandContext context;

    @Spec
    private CommandSpec spec;

    @Mixin
    private JsonOption json;

    @Parameters(paramLabel = "UID", description = "the uid of the cart")
    private String uid = "";

    @Option(
            names = "--for",
            paramLabel = "TIME",
            required = true,
            converter = Time.class,
            description = "how long to keep the cart, from now on: 12h, 7d, '2 weeks'; 0 ends the protection")
    private Duration time = Duration.ZERO;

    @Override
    public Integer call() {
        Configuration configuration = context.configuration();
        Logs.onlyWarnings();
        try (OperatorSession session = context.session(configuration)) {
            Optional<Cart> cart =
                    session.cartd().status(uid).filter(found -> session.cartd().keep(found, time));
            if (cart.isEmpty()) {
                NoCart.print(spec, uid);
                return CommandLine.ExitCode.SOFTWARE;
            }
            // Read from the store: computed again, it could be a second later.
            Optional<Instant> until = session.cartd().reload(cart.get()).flatMap(Cart::kept);
            print(cart.get().id(), until.filter(end -> !time.isZero()));
        }
        return CommandLine.ExitCode.OK;
    }

    private void print(long cart, Optional<Instant> until) {
        PrintWriter out = spec.commandLine().getOut();
        if (json.wanted()) {
            try (Json answer = new Json(out)) {
                answer.put("id", cart).put("uid", uid).put("kept_until", until);
            }
            return;
        }
        String how = until.map(end -> "is kept until " + HumanText.moment(end)).orElse("is not kept any more");
        out.println("cart " + cart + " (" + CartTable.line(uid) + ") " + how);
    }

    /** Reads a time in the notation of the configuration file. */
    static final class Time implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            return ValueFormat.duration(Duration.ZERO).ofOption(text);
        }
    }
}
