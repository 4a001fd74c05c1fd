package dev.cartd.cli.serve;

import dev.cartd.cart.Memory;
import dev.cartd.cli.command.CommandContext;
import dev.cartd.cli.command.Logs;
import dev.cartd.cli.command.OpenResources;
import dev.cartd.cli.command.StopSignal;
import dev.cartd.cli.command.Version;
import dev.cartd.cli.config.CherryPyFile;
import dev.cartd.cli.config.Configuration;
import dev.cartd.cli.config.Key;
import dev.cartd.server.ServerConfig;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Runs the server until a signal ends it. */
@Command(name = "serve", description = "Run the cart server.")
public final class ServeCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);
    private static final long MB = 1 << 20;
    private static final int MAX_PORT = 65_535;

    @ParentCommand
    private CommandContext context;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--cpconfig",
            paramLabel = "CONFIG",
            description = "a CherryPy configuration file ($CARTD_CPCONFIG, else ~/.pacifica-cartd/cpconfig.ini)")
    private @Nullable Path cpconfig;

    @Option(
            names = {"-p", "--port"},
            paramLabel = "PORT",
            description = "the port to listen on (8081; 0: any that is free)")
    private @Nullable Integer port;

    @Option(
            names = {"-a", "--address"},
            paramLabel = "ADDRESS",
            description = "the address to listen on (127.0.0.1)")
    private @Nullable String address;

    @Option(names = "--no-work", description = "answer requests only; cartd work, or other servers, do the work")
    private boolean noWork;

    @Override
    public Integer call() {
        Optional<Integer> asked = port();
        context.requireConfig(); // First, so that a wrong command makes no log file.
        StopSignal stop = StopSignal.interruptingThisThread();
        CherryPyFile file =
                CherryPyFile.of(context.file(Optional.ofNullable(cpconfig), "CARTD_CPCONFIG", "cpconfig.ini"));
        Logs.apply(file);
        file.remarks().forEach(LOG::warn);
        Configuration configuration = context.configuration();
        StartLog.program();
        StartLog.configuration(configuration);
        ServerConfig config = withinHeap(
                        withAccess(
                                withAccessFile(
                                        serverConfig(configuration.carts(), file, Optional.ofNullable(address), asked),
                                        configuration.log().accessFile()),
                                configuration.access()),
                        Memory.ofHeap().files())
                .withNotifyHosts(configuration.notices().allowHosts());
        try (OpenResources running = context.serve(configuration, config, !noWork)) {
            String url = url(config, running.port());
            LOG.info("listening on {}", url);
            Systemd systemd = Systemd.of(context);
            systemd.ready("listening on " + url);
            running.until(stop);
            systemd.stopping();
        } catch (RuntimeException e) {
            if (!stop.received()) {
                throw e;
            }
        }
        return CommandLine.ExitCode.OK;
    }

    /** The URL of a server. */
    public static String url(ServerConfig config, int port) {
        String address = config.address();
        return (config.tls().isPresent() ? "https://" : "http://")
                + (address.contains(":") ? "[" + address + "]" : address) + ":" + port;
    }

    /** The server's settings: those of the flags, else of the CherryPy file, else of the configuration. */
    public static ServerConfig serverConfig(
            Configuration.Carts carts, CherryPyFile file, Optional<String> address, Optional<Integer> port) {
        ServerConfig usual = ServerConfig.DEFAULT;
        ServerConfig config = usual.withAddress(address.or(file::host).orElse(usual.address()))
                .withPort(port.or(file::port).orElse(usual.port()))
                .withThreads(file.threads().orElse(usual.threads()))
                .withMaxRequestSize(file.maxBody().orElse(carts.maxRequestSize()))
                .withMaxFiles(carts.maxFiles())
                .withMaxDownloads(carts.maxDownloads())
                .withIdleTimeout(carts.idleTimeout())
                .withKeepMax(carts.keepMax())
                .withContact(carts.contact())
                .withBundleDefault(carts.bundle())
                .withVersion(Version.number());
        return file.accessLog().map(config::withAccessLog).orElse(config);
    }

    /** These settings with this access log, unless they have one. */
    private static ServerConfig withAccessFile(ServerConfig config, Optional<Path> file) {
        return file.filter(named -> config.accessLog().isEmpty())
                .map(config::withAccessLog)
                .orElse(config);
    }

    private static ServerConfig withAccess(ServerConfig config, Configuration.Access access) {
        ServerConfig guarded = access.clientTokens()
                .map(config::withClientTokens)
                .orElse(config)
                .withOwnersOnly(access.ownersOnly())
                .withLocalAdmin(access.localAdmin())
                .withLinkMax(access.linkMax());
        ServerConfig secured = access.tls().map(guarded::withTls).orElse(guarded);
        ServerConfig behind =
                access.trustedProxies().map(secured::withTrustedProxies).orElse(secured);
        return access.adminTokens().map(behind::withAdminTokens).orElse(behind);
    }

    /** These settings with {@code maxFiles} lowered to what the heap has memory for; logs a warning if it is. */
    static ServerConfig withinHeap(ServerConfig config, int files) {
        if (config.maxFiles() <= files) {
            return config;
        }
        LOG.warn(
                "{} is {}, but the heap of {} MB has memory for carts of {} files only: that is the limit now;"
                        + " CARTD_HEAP={}m would be enough",
                Key.MAX_FILES.title(),
                config.maxFiles(),
                Runtime.getRuntime().maxMemory() / MB,
                files,
                (config.maxFiles() * (Runtime.getRuntime().maxMemory() / MB) / files) + 16);
        return config.withMaxFiles(files);
    }

    private Optional<Integer> port() {
        if (port != null && (port < 0 || port > MAX_PORT)) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--port " + port + " is not a port: allowed is 0 to " + MAX_PORT);
        }
        return Optional.ofNullable(port);
    }
}
