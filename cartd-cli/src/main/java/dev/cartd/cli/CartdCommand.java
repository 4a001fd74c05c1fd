package dev.cartd.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command without a subcommand, which shows the help, and what all subcommands share. */
@Command(
        name = "cartd",
        description = "A data cart: stages files from an archive and serves them as one tar.",
        subcommands = {
            ServeCommand.class,
            WorkCommand.class,
            DbSyncCommand.class,
            DbCheckCommand.class,
            ListCommand.class,
            StatusCommand.class,
            DumpCommand.class,
            FixitCommand.class,
            PurgeCommand.class,
            SpaceCommand.class,
            KeepCommand.class,
            DemoCommand.class
        },
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = CartdCommand.Version.class)
final class CartdCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(CartdCommand.class);

    private final Map<String, String> environment;

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "CONFIG",
            scope = ScopeType.INHERIT,
            description = "the configuration file ($CARTD_CONFIG, else ~/.pacifica-cartd/config.ini)")
    private @Nullable Path config;

    private CartdCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    /** The command line, in this environment. */
    static CommandLine line(Map<String, String> environment) {
        return new CommandLine(new CartdCommand(environment))
                .setOverwrittenOptionsAllowed(true)
                .setExecutionStrategy(CartdCommand::run)
                .setParameterExceptionHandler(CartdCommand::misused)
                .setExecutionExceptionHandler(CartdCommand::failed);
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return CommandLine.ExitCode.OK;
    }

    /**
     * The settings: the file over the environment over the defaults, and over all of them what the command sets itself.
     */
    Configuration configuration() {
        return configuration(Map.of());
    }

    /** The settings, with these above the file; they are given by key, in the form of the file. */
    Configuration configuration(Map<Key<?>, String> fixed) {
        requireConfig();
        IniFile file = file(Optional.ofNullable(config), "CARTD_CONFIG", "config.ini");
        Configuration configuration = Configuration.of(new Sources(fixed, file, environment));
        configuration.remarks().forEach(LOG::warn);
        return configuration;
    }

    /** How many columns the terminal has that standard output is; empty if it is none. */
    OptionalInt screen() {
        return Screen.width(environment);
    }

    /**
     * Looks whether the configuration file is there, if one was named. Without it another database and volume would be
     * taken.
     *
     * @throws CommandLine.ParameterException if not
     */
    void requireConfig() {
        if (config != null && Files.notExists(config)) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "the configuration file " + config + " is not there");
        }
    }

    /** The file that is named, else the one of the environment, else the one in the home directory. */
    IniFile file(Optional<Path> named, String variable, String name) {
        Optional<Path> asked = named.or(() -> Optional.ofNullable(environment.get(variable))
                .filter(s -> !s.isEmpty())
                .map(Path::of));
        asked.filter(Files::notExists).ifPresent(path -> LOG.warn("{} is not there: going on without it", path));
        return IniFile.read(
                asked.orElseGet(() -> home().resolve(".pacifica-cartd").resolve(name)));
    }

    private Path home() {
        return Path.of(Objects.requireNonNullElse(environment.get("HOME"), System.getProperty("user.home", "/")));
    }

    private static int run(ParseResult parsed) {
        Logs.bridge();
        return new CommandLine.RunLast().execute(parsed);
    }

    /** One line: the help is long, and tells little of what was wrong. */
    private static int misused(CommandLine.ParameterException wrong, String[] arguments) {
        CommandLine line = wrong.getCommandLine();
        line.getErr()
                .println("cartd: " + FailedException.reason(wrong) + "; see "
                        + line.getCommandSpec().qualifiedName() + " --help");
        line.getErr().flush();
        return CommandLine.ExitCode.USAGE;
    }

    private static int failed(Exception thrown, CommandLine line, ParseResult parsed) {
        PrintWriter err = line.getErr();
        err.println("cartd: " + FailedException.reason(thrown));
        err.flush();
        LOG.debug("why", thrown);
        return CommandLine.ExitCode.SOFTWARE;
    }

    /** What this program is, from the jar that it came in. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"cartd " + number()};
        }

        static String number() {
            return Objects.requireNonNullElse(CartdCommand.class.getPackage().getImplementationVersion(), "unreleased");
        }
    }
}
