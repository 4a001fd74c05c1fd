package dev.cartd.cli;

import dev.cartd.Cartd;
import dev.cartd.CartdBuilder;
import dev.cartd.archive.ArchiveSettings;
import dev.cartd.archive.Archives;
import dev.cartd.cli.command.CommandDatabase;
import dev.cartd.cli.command.OpenResources;
import dev.cartd.cli.command.OperatorSession;
import dev.cartd.cli.config.Configuration;
import dev.cartd.cli.config.FailedException;
import dev.cartd.cli.config.Key;
import dev.cartd.cli.metrics.Metrics;
import dev.cartd.cli.notify.NoticeSender;
import dev.cartd.cli.serve.ServeCommand;
import dev.cartd.cli.serve.StartLog;
import dev.cartd.server.CartdServer;
import dev.cartd.server.ServerConfig;
import dev.cartd.spi.Archive;
import dev.cartd.spi.NamedArchive;
import dev.cartd.store.Database;
import dev.cartd.system.FileOwner;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.Security;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The composition root: the one place that knows every module and puts them together. */
final class Wiring {
    private static final Logger LOG = LoggerFactory.getLogger(Wiring.class);

    private Wiring() {}

    /**
     * Starts a server. It listens before it does anything else, so that of two servers on one port only one works, and
     * answers 503 until it is ready. It makes the tables of an empty database.
     *
     * @param work whether the server also works on carts, or leaves them to other nodes
     * @throws FailedException if the server cannot listen on the address, this program cannot work with the database,
     *     or the volume cannot be made
     */
    static OpenResources serve(Configuration configuration, ServerConfig config, boolean work) {
        return started(resources -> {
            CartdServer server = bound(config);
            resources.server(server);
            StartLog.address(ServeCommand.url(config, server.port()));
            server.waitsFor("the database (" + configuration.database().place() + ")");
            Database database = resources.closeLater(patientDatabase(configuration));
            makeTables(database);
            Metrics metrics = new Metrics();
            Cartd cartd = opened(configuration, resources, database, metrics);
            server.metrics(
                    metrics.text(cartd, database, server, configuration.carts().volume()));
            server.owners(database.owners());
            server.notices(database.notices());
            sendNotices(configuration, resources, database, metrics);
            server.serve(cartd);
            if (work) {
                cartd.work();
            }
        });
    }

    /**
     * Starts to work on carts, without a server.
     *
     * @throws FailedException as {@link #serve}
     */
    static OpenResources work(Configuration configuration) {
        return started(resources -> {
            Database database = resources.closeLater(patientDatabase(configuration));
            Metrics metrics = new Metrics();
            Cartd cartd = opened(configuration, resources, database, metrics);
            sendNotices(configuration, resources, database, metrics);
            cartd.work();
        });
    }

    private static void sendNotices(
            Configuration configuration, OpenResources resources, Database database, Metrics metrics) {
        if (configuration.notices().isOn()) {
            resources.closeLater(NoticeSender.start(database.notices(), configuration.notices(), metrics.notices()));
        }
    }

    private static CartdServer bound(ServerConfig config) {
        try {
            return CartdServer.bind(config);
        } catch (UncheckedIOException e) {
            throw new FailedException(String.valueOf(e.getMessage()));
        }
    }

    private static OpenResources started(Consumer<OpenResources> start) {
        addHashes();
        OpenResources resources = new OpenResources();
        try {
            start.accept(resources);
            return resources;
        } catch (RuntimeException e) {
            resources.close();
            throw e;
        }
    }

    private static Cartd opened(
            Configuration configuration, OpenResources resources, Database database, Metrics metrics) {
        CommandDatabase.requireUsable(configuration, database);
        Path volume = configuration.carts().volume();
        warnRoot(volume);
        configuration.allArchives().forEach((name, access) -> StartLog.archive(name, access.place()));
        CartdBuilder builder = cartd(configuration, database, resources, metrics::count)
                .scheduler(metrics.count(database.scheduler(configuration.engine())))
                .meter(metrics.carts());
        Cartd cartd = resources.closeLater(open(builder, volume));
        StartLog.volume(volume, CommandDatabase.volume(configuration, database).id());
        return cartd;
    }

    private static void makeTables(Database database) {
        if (database.check() == Database.Check.EMPTY) {
            database.sync();
            StartLog.madeTables();
        }
    }

    /** Opens the database of a server. Waits for a database that is away, as long as the configuration says. */
    private static Database patientDatabase(Configuration configuration) {
        StartLog.database(configuration.database().place());
        return Database.open(configuration.database(), InstantSource.system());
    }

    /**
     * Opens all that a command needs to change carts. The work does not begin yet.
     *
     * @throws FailedException as {@link #serve}
     */
    static OperatorSession session(Configuration configuration, Duration grace) {
        return session(configuration, grace, Cartd::requireVolume);
    }

    /**
     * Opens all that a command needs to look at carts, whether the volume is there or not.
     *
     * @throws FailedException as {@link #serve}
     */
    static OperatorSession view(Configuration configuration, Duration grace) {
        return session(configuration, grace, cartd -> {});
    }

    private static OperatorSession session(Configuration configuration, Duration grace, Consumer<Cartd> check) {
        addHashes();
        OpenResources opened = new OpenResources();
        try {
            Database database = opened.closeLater(CommandDatabase.openUsable(configuration));
            Cartd cartd = opened.closeLater(cartd(configuration, database, opened, (name, archive) -> archive)
                    .scheduler(database.scheduler(configuration.engine()))
                    .marksVolume(false)
                    .open());
            check.accept(cartd);
            return new OperatorSession(
                    database, cartd, FileOwner.besideRoot(configuration.carts().volume()), grace, opened);
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /** From now on all types of hashes of carts are known in this process. */
    static void addHashes() {
        // Last in the list of providers: for a hash that Java has too, Java's own is faster.
        Security.addProvider(new LateHashes());
    }

    /** @param wrap puts something around the archive of a name, which is empty for the default one */
    private static CartdBuilder cartd(
            Configuration configuration,
            Database database,
            OpenResources resources,
            BiFunction<String, Archive, Archive> wrap) {
        Configuration.ArchiveAccess access = configuration.archive();
        Archive main = wrap.apply("", resources.closeLater(archive(access)));
        CartdBuilder builder = Cartd.builder(main, configuration.carts().volume())
                .store(database.store())
                .requestShares(database.requestShares(configuration.engine()))
                .clock(InstantSource.system())
                .maxRequests(access.maxRequests())
                .patience(access.patience())
                .tapePatience(access.tapePatience())
                .retries(access.retries())
                .buffer(buffer(configuration.carts().buffer(), pulls(configuration)))
                .shareFiles(configuration.carts().share())
                .keepDeleted(configuration.carts().keepDeleted())
                .space(configuration.space());
        configuration.archives().forEach((name, other) -> {
            Archive archive = wrap.apply(name, resources.closeLater(archive(other)));
            builder.archive(new NamedArchive(
                    name,
                    archive,
                    database.requestShares(configuration.engine(), name),
                    other.maxRequests(),
                    other.retries(),
                    other.patience(),
                    other.tapePatience()));
        });
        return builder;
    }

    /** The most pulls at once, from all archives together. */
    private static int pulls(Configuration configuration) {
        return configuration.allArchives().values().stream()
                .mapToInt(Configuration.ArchiveAccess::maxRequests)
                .sum();
    }

    /** The size of one pull's buffer: all buffers together take at most a sixteenth of the heap. */
    private static int buffer(int wanted, int pulls) {
        long most = Runtime.getRuntime().maxMemory() / 16 / pulls;
        return (int) Math.max(Configuration.MIN_BUFFER, Math.min(wanted, most));
    }

    /**
     * Checks the URL of an archive. Sends nothing.
     *
     * @throws IllegalArgumentException if no archive can have this URL
     */
    static void checkArchive(URI url) {
        Archives.check(url);
    }

    private static ArchiveSettings.S3 s3(Configuration.ArchiveAccess access) {
        Configuration.S3Access s3 = access.s3();
        return new ArchiveSettings.S3(
                s3.endpoint(), s3.region(), s3.pathStyle(), s3.restoreDays(), s3.restoreTier(), s3.credentialsFile());
    }

    private static ArchiveSettings.Tape tape(Configuration.ArchiveAccess access) {
        Configuration.TapeAccess tape = access.tape();
        return new ArchiveSettings.Tape(
                tape.endpoint(), tape.batch(), tape.diskDays(), tape.tokenFile(), tape.trustedHosts());
    }

    /** Opens the archive; sends nothing. */
    static Archive archive(Configuration.ArchiveAccess access) {
        return Archives.open(
                access.url(),
                new ArchiveSettings(
                        access.timeout(), access.maxRequests(), access.commandBatch(), s3(access), tape(access)));
    }

    private static Cartd open(CartdBuilder builder, Path volume) {
        try {
            return builder.open();
        } catch (UncheckedIOException e) {
            throw new FailedException(
                    Key.VOLUME_PATH.title() + ": cannot make the directory " + volume + " and its mark",
                    Objects.requireNonNull(e.getCause()));
        }
    }

    private static void warnRoot(Path volume) {
        FileOwner.besideRoot(volume)
                .ifPresent(owner -> LOG.warn(
                        "running as root on the volume of {}: carts made now belong to root, and a server of {} cannot"
                                + " remove them",
                        owner,
                        owner));
    }
}
