package dev.cartd.cli.demo;

import dev.cartd.cart.HumanText;
import dev.cartd.cli.command.CommandContext;
import dev.cartd.cli.command.CommandDatabase;
import dev.cartd.cli.command.Logs;
import dev.cartd.cli.command.OpenResources;
import dev.cartd.cli.command.StopSignal;
import dev.cartd.cli.config.CherryPyFile;
import dev.cartd.cli.config.Configuration;
import dev.cartd.cli.config.FailedException;
import dev.cartd.cli.config.Key;
import dev.cartd.cli.serve.ServeCommand;
import dev.cartd.server.ServerConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Shows the main job to a newcomer, with real files, a real server and real HTTP. */
@Command(
        name = "demo",
        description = {
            "Show the main job: serve a directory as an archive, ask for a cart of all its files, download and verify"
                    + " it.",
            "All its files are in a temporary directory (JAVA_OPTS=-Djava.io.tmpdir=… moves it) and are removed at the"
                    + " end."
        })
public final class DemoCommand implements Callable<Integer> {
    private static final int ANY_PORT = 0;

    @ParentCommand
    private CommandContext context;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "DIR",
            description = "the directory to use as the archive; by default the demo makes a small one")
    private @Nullable Path directory;

    @Option(names = "--once", description = "end when all is verified, instead of serving until Ctrl-C")
    private boolean once;

    @Override
    public Integer call() throws IOException {
        context.requireConfig();
        StopSignal stop = StopSignal.interruptingThisThread();
        Logs.onlyWarnings();
        Path home = home();
        try {
            show(home, stop);
            return CommandLine.ExitCode.OK;
        } catch (IOException | InterruptedException | RuntimeException e) {
            throw stop.received() ? new FailedException("stopped before the end of the demo") : failed(e);
        } finally {
            DemoFiles.delete(home);
        }
    }

    private static Path home() {
        try {
            return Files.createTempDirectory("cartd-demo-").toRealPath();
        } catch (IOException e) {
            throw new FailedException(
                    "the demo cannot write to the temporary directory " + System.getProperty("java.io.tmpdir")
                            + "; JAVA_OPTS=-Djava.io.tmpdir=DIR names another one",
                    e);
        }
    }

    private void show(Path home, StopSignal stop) throws IOException, InterruptedException {
        say("cartd demo: from an archive to a verified download\n");
        say("1. The archive");
        DemoFiles files = DemoFiles.scan(archive(home), home);
        files.skipped().forEach(name -> say("   left out: " + name));
        say("   " + files.root() + ": " + files.hashes().size() + " files, " + HumanText.size(files.bytes()));
        Path json = files.writeRequest(home.resolve("cart.json"));

        say("\n2. The server");
        Configuration configuration = configuration(files.root(), home);
        CommandDatabase.sync(configuration);
        try (OpenResources running = context.serve(configuration, serverConfig(configuration), true)) {
            String url = ServeCommand.url(ServerConfig.DEFAULT, running.port());
            say("   " + url + ", its database and volume in " + home);
            DemoClient client = new DemoClient(url, "demo", this::say);
            client.post(json);
            client.await(Duration.ofMinutes(10));
            Path tar = client.download(home.resolve("demo.tar"));
            DemoTar extracted = extract(tar, files, home.resolve("extracted"));
            say("   all " + extracted.check(client.manifest(tar)) + " lines of it are right");
            say("\nIt works: the cart was staged, verified, served and verified again.");
            if (!once) {
                serve(url, stop);
            }
        }
    }

    private Path archive(Path home) throws IOException {
        if (directory == null) {
            return DemoFiles.make(home.resolve("archive"));
        }
        if (!Files.isDirectory(directory)) {
            throw new FailedException(directory + " is not a directory");
        }
        return directory.toRealPath();
    }

    private Configuration configuration(Path archive, Path home) {
        return context.configuration(Map.of(
                Key.ARCHIVE_URL, archive.toUri().toString(),
                Key.VOLUME_PATH, home.resolve("volume").toString(),
                Key.DATABASE_URL, "sqlite:///" + home.resolve("db.sqlite3")));
    }

    private static ServerConfig serverConfig(Configuration configuration) {
        return ServeCommand.serverConfig(
                configuration.carts(),
                CherryPyFile.NONE,
                Optional.of(ServerConfig.DEFAULT.address()),
                Optional.of(ANY_PORT));
    }

    private DemoTar extract(Path tar, DemoFiles files, Path target) throws IOException {
        say("\n5. Extract it, and hash every file");
        say("   $ tar xf demo.tar");
        DemoTar extracted = DemoTar.extract(tar, "demo", target);
        say("   all " + extracted.verify(files.hashes()) + " files are there, and every SHA-256 is right");
        return extracted;
    }

    private void serve(String url, StopSignal stop) {
        say("\nThe server keeps running: try these commands in another terminal, and at last");
        say("   $ curl -X DELETE " + url + "/demo");
        say("\nCtrl-C ends it and removes all files of the demo.");
        stop.await();
    }

    private static RuntimeException failed(Exception e) {
        return e instanceof FailedException known ? known : new FailedException("the demo failed", e);
    }

    private void say(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
