package dev.cartd.cli.admin;

import dev.cartd.cart.HumanText;
import dev.cartd.cli.command.CommandContext;
import dev.cartd.cli.command.JsonOption;
import dev.cartd.cli.command.Logs;
import dev.cartd.cli.command.OperatorSession;
import dev.cartd.cli.config.Configuration;
import dev.cartd.cli.config.ValueFormat;
import dev.cartd.cli.print.CartTable;
import dev.cartd.cli.print.Json;
import dev.cartd.server.NewLink;
import dev.cartd.spi.AuditLog;
import dev.cartd.spi.CartOwners;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Makes a link to the carts of a uid, with which they can be read without a token; or ends all such links. */
@Command(
        name = "link",
        description = {
            "Make a link with which the cart of a uid can be downloaded without a token, until it ends.",
            "With --end all links to it end now."
        })
public final class LinkCommand implements Callable<Integer> {
    private static final Logger AUDIT = LoggerFactory.getLogger(AuditLog.NAME);

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
            defaultValue = "1d",
            converter = Time.class,
            description = "how long the link works: 12h, 7d, '2 weeks' (${DEFAULT-VALUE})")
    private Duration time = Duration.ZERO;

    @Option(
            names = "--server",
            paramLabel = "URL",
            defaultValue = "",
            description = "what people call the server: https://data.example.org; without it only the path is shown")
    private String server = "";

    @Option(names = "--end", description = "end all links to the cart")
    private boolean end;

    @Override
    public Integer call() {
        Configuration configuration = context.configuration();
        Logs.onlyWarnings();
        try (OperatorSession session = context.session(configuration)) {
            CartOwners owners = session.database().owners();
            return end ? endLinks(owners) : makeLink(session, owners);
        }
    }

    private int endLinks(CartOwners owners) {
        boolean ended = owners.endLinks(uid);
        if (ended) {
            AUDIT.info("the links to the carts of {} end now", CartTable.line(uid));
        }
        if (json.wanted()) {
            try (Json answer = new Json(spec.commandLine().getOut())) {
                answer.put("uid", uid).put("ended", ended);
            }
        } else if (ended) {
            spec.commandLine().getOut().println("all links to the cart " + CartTable.line(uid) + " have ended");
        } else {
            spec.commandLine().getErr().println("cartd: there are no links to the cart " + CartTable.line(uid));
        }
        return ended ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private int makeLink(OperatorSession session, CartOwners owners) {
        if (session.cartd().status(uid).isEmpty()) {
            NoCart.print(spec, uid);
            return CommandLine.ExitCode.SOFTWARE;
        }
        Instant until = Instant.now().plus(time).truncatedTo(ChronoUnit.SECONDS);
        NewLink link = NewLink.of(owners, uid, until);
        AUDIT.info("a link to the carts of {} until {} is made", CartTable.line(uid), until);
        String place = server.replaceFirst("/+$", "");
        PrintWriter out = spec.commandLine().getOut();
        if (json.wanted()) {
            try (Json answer = new Json(out)) {
                answer.put("uid", uid)
                        .put("page", place + link.page())
                        .put("tar", place + link.tar())
                        .put("until", until.toString());
            }
        } else {
            out.println("page:   " + place + link.page());
            out.println("tar:    " + place + link.tar());
            out.println("until:  " + HumanText.moment(until));
        }
        return CommandLine.ExitCode.OK;
    }

    /** Reads a time in the notation of the configuration file. */
    static final class Time implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            return ValueFormat.duration(Duration.ofSeconds(1)).ofOption(text);
        }
    }
}
