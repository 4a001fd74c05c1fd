package dev.cartd.cli.get;

import dev.cartd.cart.BundlePath;
import dev.cartd.cart.CartException;
import dev.cartd.cart.Checksum;
import dev.cartd.cli.command.CommandContext;
import dev.cartd.cli.command.Logs;
import dev.cartd.cli.command.StopSignal;
import dev.cartd.cli.command.TokenOption;
import dev.cartd.cli.config.FailedException;
import dev.cartd.cli.config.ValueFormat;
import dev.cartd.cli.get.Patience.NotFinished;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Fetches a cart, for people. */
@Command(
        name = "get",
        customSynopsis = {
            "cartd get [OPTIONS] URL [DIR]",
            "cartd get [OPTIONS] --server URL --list FILE [DIR]",
            "cartd get [OPTIONS] --tar FILE URL",
            "cartd get [OPTIONS] --tar FILE --server URL --list FILE"
        },
        description = {
            "Fetch the files of a cart, each as soon as the server has it, and prove each by its hash.",
            "The same command goes on where an earlier one ended, and does not fetch again what is there and right. "
                    + "It replaces nothing.",
            "Exit code: 0 all is there and proven, 1 failed, 2 wrong usage, 3 not finished: run it again."
        })
public final class GetCommand implements Callable<Integer> {
    private static final int NOT_FINISHED = 3;
    private static final int MOST_CONNECTIONS = 64;

    @ParentCommand
    private CommandContext context;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..2",
            paramLabel = "URL",
            description = "the link of a cart, and the directory for its files (by default one named like the uid, "
                    + "or like the list without .json)")
    private List<String> arguments = List.of();

    @Option(names = "--server", paramLabel = "URL", description = "the server that makes the cart of --list")
    private @Nullable String server;

    @Option(
            names = "--list",
            paramLabel = "FILE",
            description = "the list of files in JSON, as a client posts it; the cart is made first. Its uid follows "
                    + "from the list, the user and the directory, so the same command comes to the same cart")
    private @Nullable Path list;

    @Option(names = "--tar", paramLabel = "FILE", description = "fetch the tar of the cart once it is ready")
    private @Nullable Path tar;

    @Mixin
    private TokenOption token;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "4",
            description = "how many files to fetch at once, 1 to 64 (${DEFAULT-VALUE})")
    private int connections;

    @Option(
            names = "--give-up-after",
            paramLabel = "TIME",
            defaultValue = "1h",
            converter = Time.class,
            description = "how long to try again while nothing comes: 30s, 15m, 12h, 7d (${DEFAULT-VALUE})")
    private Duration giveUpAfter = Duration.ZERO;

    @Override
    public Integer call() throws InterruptedException {
        Logs.onlyErrors();
        context.addHashes();
        StopSignal stop = StopSignal.interruptingThisThread();
        Order order = order();
        try (CartServer opened = new CartServer(order.link(), authorization(order.link()), connections);
                Interruptible running = new Interruptible(opened)) {
            int files = running.run(() -> fetch(order, opened));
            say(String.format(Locale.ROOT, "%,d of %,d files are there and proven: %s", files, files, order.target()));
            return CommandLine.ExitCode.OK;
        } catch (NotFinished e) {
            return notFinished(e.getMessage());
        } catch (InterruptedException e) {
            if (!stop.received()) {
                throw e;
            }
            return notFinished("stopped; the same command goes on where it was");
        }
    }

    private int notFinished(String why) {
        spec.commandLine().getErr().println("cartd: " + why);
        return NOT_FINISHED;
    }

    /**
     * What to fetch, and where to.
     *
     * @param target the directory, or the tar
     */
    private record Order(CartLink link, Path target) {}

    private Order order() {
        if (connections < 1 || connections > MOST_CONNECTIONS) {
            throw wrong("--connections must be 1 to " + MOST_CONNECTIONS);
        }
        if ((server == null) != (list == null)) {
            throw wrong("--server and --list belong together");
        }
        int links = list == null ? 1 : 0;
        if (arguments.size() < links) {
            throw wrong("the link of a cart is missing");
        }
        int most = tar == null ? links + 1 : links;
        if (arguments.size() > most) {
            throw wrong("'" + arguments.get(most) + "' is one argument too many");
        }
        Optional<Path> named = arguments.size() > links ? Optional.of(Path.of(arguments.get(links))) : Optional.empty();
        try {
            return list == null || server == null ? linked(named) : listed(list, server, named);
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    /** A password that is in the link was meant for this server; a token of the environment may be for others. */
    private Optional<String> authorization(CartLink link) {
        if (token.isGiven() && link.authorization().isPresent()) {
            throw wrong("a link with a user name and --token-file exclude each other");
        }
        return link.authorization().or(() -> token.token(context).map(text -> "Bearer " + text));
    }

    private Order linked(Optional<Path> named) {
        CartLink link = CartLink.parse(arguments.get(0));
        return new Order(link, target(named, link.uid()));
    }

    private Order listed(Path file, String address, Optional<Path> named) {
        Path target = target(named, String.valueOf(file.getFileName()).replaceFirst("(?i)\\.json$", ""));
        return new Order(CartLink.of(address, uid(file, target)), target);
    }

    private Path target(Optional<Path> named, String otherwise) {
        if (tar != null) {
            return tar;
        }
        // A uid may be anything, and a directory of that name is made without being asked for.
        if (named.isEmpty() && !otherwise.matches("[A-Za-z0-9][A-Za-z0-9._~-]{0,199}")) {
            throw wrong("name the directory for the files: '" + Shown.line(otherwise) + "' cannot be one");
        }
        return named.orElseGet(() -> Path.of(otherwise));
    }

    /** The uid of the cart of a list: that of another list, user or directory is another. */
    private static String uid(Path list, Path target) {
        MessageDigest digest = Checksum.sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(list), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new FailedException("cannot read " + list, e);
        }
        Path place = target.toAbsolutePath().normalize();
        String who = "\0" + System.getProperty("user.name", "") + "\0" + place;
        byte[] hash = digest.digest(who.getBytes(StandardCharsets.UTF_8));
        return "get-" + HexFormat.of().formatHex(hash, 0, 16);
    }

    private int fetch(Order order, CartServer opened) throws NotFinished, InterruptedException {
        Supplier<Patience> patience = () -> new Patience(giveUpAfter, Patience.Clock.MACHINE);
        try (GetProgress progress = GetProgress.of(spec.commandLine().getErr(), isTerminal())) {
            if (list != null) {
                post(list, opened, new CartWatch(opened, progress, patience));
            }
            return tar == null
                    ? files(order.target(), opened, progress, patience)
                    : tar(order.target(), opened, progress, patience);
        }
    }

    private static boolean isTerminal() {
        return CommandLine.Help.Ansi.AUTO.enabled();
    }

    private void post(Path file, CartServer opened, CartWatch watch) throws NotFinished, InterruptedException {
        say("cart " + opened.link());
        watch.<Boolean>patiently(() -> {
            opened.post(file);
            return true;
        });
    }

    private int files(Path target, CartServer opened, GetProgress progress, Supplier<Patience> patience)
            throws NotFinished, InterruptedException {
        try (TargetDirectory directory = TargetDirectory.open(target, "files")) {
            FilesDownload download = new FilesDownload(opened, directory, progress, patience, connections);
            int count = download.run();
            directory.tidy();
            return count;
        }
    }

    private int tar(Path target, CartServer opened, GetProgress progress, Supplier<Patience> patience)
            throws NotFinished, InterruptedException {
        BundlePath name;
        try {
            name = BundlePath.parse(String.valueOf(target.getFileName()));
        } catch (CartException.Invalid e) {
            throw new FailedException("--tar " + target + ": this is no name for a file");
        }
        Path parent = Optional.ofNullable(target.toAbsolutePath().getParent()).orElse(target);
        try (TargetDirectory directory = TargetDirectory.open(parent, "tar-" + job(name))) {
            int count = new TarDownload(opened, directory, name, progress, patience).run();
            directory.tidy();
            return count;
        }
    }

    /** The name of a job for a tar, of a length that always fits. */
    private static String job(BundlePath name) {
        MessageDigest digest = Checksum.sha256();
        return HexFormat.of().formatHex(digest.digest(name.value().getBytes(StandardCharsets.UTF_8)), 0, 16);
    }

    private void say(String line) {
        spec.commandLine().getOut().println(line);
        spec.commandLine().getOut().flush();
    }

    private CommandLine.ParameterException wrong(String what) {
        return new CommandLine.ParameterException(spec.commandLine(), what);
    }

    /** Reads a time in the notation of the configuration file. */
    static final class Time implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            return ValueFormat.duration(Duration.ofMillis(1)).ofOption(text);
        }
    }

    /**
     * Runs work in another thread, so that this thread notices an interrupt: one that reads from a connection would
     * not. At its end the requests under way are cancelled.
     */
    private static final class Interruptible implements AutoCloseable {
        private final CartServer server;
        private final ExecutorService thread = Executors.newSingleThreadExecutor();

        Interruptible(CartServer server) {
            this.server = server;
        }

        /** Work that may not be finished. */
        interface Work {
            int run() throws NotFinished, InterruptedException;
        }

        /** Runs the work, and returns or throws what it does. */
        int run(Work work) throws NotFinished, InterruptedException {
            Future<Integer> result = thread.submit(work::run);
            try {
                return result.get();
            } catch (ExecutionException e) {
                Throwable cause = e.getCause();
                if (cause instanceof NotFinished known) {
                    throw known;
                }
                throw cause instanceof RuntimeException known ? known : new FailedException("it failed", e);
            }
        }

        @Override
        public void close() {
            thread.shutdownNow();
            server.close();
            try {
                boolean unused = thread.awaitTermination(15, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
