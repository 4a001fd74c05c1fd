package dev.cartd.cli;

import dev.cartd.cli.admin.CheckArchiveCommand;
import dev.cartd.cli.admin.DbCheckCommand;
import dev.cartd.cli.admin.DbSyncCommand;
import dev.cartd.cli.admin.DumpCommand;
import dev.cartd.cli.admin.FixitCommand;
import dev.cartd.cli.admin.KeepCommand;
import dev.cartd.cli.admin.LinkCommand;
import dev.cartd.cli.admin.ListCommand;
import dev.cartd.cli.admin.NoticesCommand;
import dev.cartd.cli.admin.PurgeCommand;
import dev.cartd.cli.admin.SpaceCommand;
import dev.cartd.cli.admin.StatusCommand;
import dev.cartd.cli.admin.TokenCommand;
import dev.cartd.cli.admin.TopCommand;
import dev.cartd.cli.command.CommandContext;
import dev.cartd.cli.command.Logs;
import dev.cartd.cli.command.OpenResources;
import dev.cartd.cli.command.OperatorSession;
import dev.cartd.cli.command.Version;
import dev.cartd.cli.config.ConfigSources;
import dev.cartd.cli.config.Configuration;
import dev.cartd.cli.config.FailedException;
import dev.cartd.cli.config.IniFile;
import dev.cartd.cli.config.Key;
import dev.cartd.cli.demo.DemoCommand;
import dev.cartd.cli.doctor.DoctorCommand;
import dev.cartd.cli.get.GetCommand;
import dev.cartd.cli.print.Screen;
import dev.cartd.cli.serve.ServeCommand;
import dev.cartd.cli.serve.WorkCommand;
import dev.cartd.server.ServerConfig;
import dev.cartd.spi.Archive;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
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
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code cartd}: without a subcommand it shows the help, and it is the context of all subcommands. */
@Command(
        name = "cartd",
        description = "A data cart: stages files from an archive and serves them as one tar.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Version.class)
final class CartdCommand implements Callable<Integer>, CommandContext {
    private final Map<String, String> environment;
    private final Duration grace;

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "CONFIG",
            scope = ScopeType.INHERIT,
            description = "the configuration file ($CARTD_CONFIG, else ~/.pacifica-cartd/config.ini)")
    private @Nullable Path config;

    private CartdCommand(Map<String, String> environment, Duration grace) {
        this.environment = environment;
        this.grace = grace;
    }

    /**
     * The command line in this environment. It has only the subcommands that the arguments name, or all if they name
     * none or ask for help: reading the options of all takes longer than running one.
     */
    static CommandLine line(Map<String, String> environment, String... arguments) {
        return line(environment, OperatorSession.GRACE, arguments);
    }

    /**
     * The command line in this environment.
     *
     * @param grace how long a command that causes work waits for a server to do it; see {@link OperatorSession}
     */
    static CommandLine line(Map<String, String> environment, Duration grace, String... arguments) {
        CommandLine line = new CommandLine(new CartdCommand(environment, grace));
        Map<String, Class<?>> named = commands();
        List<String> words = Arrays.asList(arguments);
        named.keySet().retainAll(words);
        boolean all = named.isEmpty() || words.contains("-h") || words.contains("--help");
        (all ? commands() : named).forEach(line::addSubcommand);
        return line.setOverwrittenOptionsAllowed(true)
                .setExecutionStrategy(CartdCommand::run)
                .setParameterExceptionHandler(CartdCommand::misused)
                .setExecutionExceptionHandler(CartdCommand::failed);
    }

    /** The subcommands by name, as the help lists them. */
    private static Map<String, Class<?>> commands() {
        Map<String, Class<?>> commands = new LinkedHashMap<>();
        commands.put("serve", ServeCommand.class);
        commands.put("work", WorkCommand.class);
        commands.put("dbsync", DbSyncCommand.class);
        commands.put("dbchk", DbCheckCommand.class);
        commands.put("list", ListCommand.class);
        commands.put("status", StatusCommand.class);
        commands.put("top", TopCommand.class);
        commands.put("dump", DumpCommand.class);
        commands.put("fixit", FixitCommand.class);
        commands.put("purge", PurgeCommand.class);
        commands.put("space", SpaceCommand.class);
        commands.put("keep", KeepCommand.class);
        commands.put("notices", NoticesCommand.class);
        commands.put("check-archive", CheckArchiveCommand.class);
        commands.put("doctor", DoctorCommand.class);
        commands.put("token", TokenCommand.class);
        commands.put("link", LinkCommand.class);
        commands.put("get", GetCommand.class);
        commands.put("demo", DemoCommand.class);
        return commands;
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return CommandLine.ExitCode.OK;
    }

    @Override
    public Configuration configuration(Map<Key<?>, String> fixed) {
        requireConfig();
        IniFile file = file(Optional.ofNullable(config), "CARTD_CONFIG", "config.ini");
        Configuration configuration =
                Configuration.of(new ConfigSources(fixed, file, environment), Wiring::checkArchive);
        Logs.apply(configuration.log());
        configuration.remarks().forEach(remark -> log().warn(remark));
        return configuration;
    }

    /** Not for a command that only looks: made by root, the file would stop a server that may not write to it. */
    private void audit(Configuration configuration) {
        configuration.log().auditFile().ifPresent(file -> Logs.audit(file, who()));
    }

    /** The user and the command, as the audit file has them: {@code alice, cartd purge}. */
    private String who() {
        String user = System.getProperty("user.name", "?");
        String sudo = environment.getOrDefault("SUDO_USER", "");
        ParseResult command = spec.commandLine().getParseResult();
        String name = command != null && command.hasSubcommand()
                ? command.subcommand().commandSpec().qualifiedName()
                : spec.name();
        return (sudo.isEmpty() ? user : user + " for " + sudo) + ", " + name;
    }

    @Override
    public void requireConfig() {
        if (config != null && Files.notExists(config)) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "the configuration file " + config + " is not there");
        }
    }

    @Override
    public IniFile file(Optional<Path> named, String variable, String name) {
        Optional<Path> asked = named.or(() -> Optional.ofNullable(environment.get(variable))
                .filter(s -> !s.isEmpty())
                .map(Path::of));
        asked.filter(Files::notExists).ifPresent(path -> log().warn("{} is not there: going on without it", path));
        return IniFile.read(
                asked.orElseGet(() -> home().resolve(".pacifica-cartd").resolve(name)));
    }

    @Override
    public Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name));
    }

    @Override
    public OptionalInt screen() {
        return Screen.width(environment);
    }

    @Override
    public OperatorSession session(Configuration configuration) {
        audit(configuration);
        return Wiring.session(configuration, grace);
    }

    @Override
    public OperatorSession view(Configuration configuration) {
        return Wiring.view(configuration, grace);
    }

    @Override
    public Archive archive(Configuration.ArchiveAccess access) {
        return Wiring.archive(access);
    }

    @Override
    public void addHashes() {
        Wiring.addHashes();
    }

    @Override
    public OpenResources serve(Configuration configuration, ServerConfig config, boolean work) {
        audit(configuration);
        return Wiring.serve(configuration, config, work);
    }

    @Override
    public OpenResources work(Configuration configuration) {
        audit(configuration);
        return Wiring.work(configuration);
    }

    /** Not a constant, since the help needs no log. */
    private static Logger log() {
        return LoggerFactory.getLogger(CartdCommand.class);
    }

    private Path home() {
        return Path.of(Objects.requireNonNullElse(environment.get("HOME"), System.getProperty("user.home", "/")));
    }

    private static int run(ParseResult parsed) {
        if (!parsed.isUsageHelpRequested()) {
            Logs.bridge();
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    /** Prints one line and not the help, which is long and does not say what was wrong. */
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
        log().debug("the command failed", thrown);
        return CommandLine.ExitCode.SOFTWARE;
    }
}
