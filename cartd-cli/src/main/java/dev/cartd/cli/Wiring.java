package dev.cartd.cli;

import dev.cartd.CartVolume;
import dev.cartd.Cartd;
import dev.cartd.CartdBuilder;
import dev.cartd.archive.HttpArchive;
import dev.cartd.local.DirectoryArchive;
import dev.cartd.server.CartdServer;
import dev.cartd.server.ServerConfig;
import dev.cartd.spi.Archive;
import dev.cartd.store.Database;
import dev.cartd.store.DatabaseConfig;
import dev.cartd.system.FileOwner;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.Security;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The composition root: the one place that knows every module and puts them together. */
final class Wiring {
    private static final Logger LOG = LoggerFactory.getLogger(Wiring.class);

    /** How long a command waits for another program that writes to an SQLite database. */
    private static final Duration COMMAND_BUSY = Duration.ofSeconds(10);

    private Wiring() {}

    /**
     * Starts a server with all that it needs. It listens before anything else is done, so that two servers on one port
     * do not both work, and answers 503 until the rest is there. The tables of an empty database are made.
     *
     * @param work whether it takes up carts too, or leaves them to others
     * @throws FailedException if the address cannot be listened on, the database is not one that this program can work
     *     with, or the volume cannot be made
     */
    static Running serve(Configuration configuration, ServerConfig face, boolean work) {
        return started(running -> {
            CartdServer server = bound(face);
            running.serving(server);
            StartLog.address(ServeCommand.url(face.address(), server.port()));
            server.waitsFor("the database (" + configuration.database().place() + ")");
            Database database = running.closing(patientDatabase(configuration));
            makeTables(database);
            Cartd cartd = opened(configuration, running, database);
            server.serve(cartd);
            if (work) {
                cartd.work();
            }
        });
    }

    /**
     * Starts to take up carts, without a server.
     *
     * @throws FailedException as {@link #serve}
     */
    static Running work(Configuration configuration) {
        return started(running -> {
            Database database = running.closing(patientDatabase(configuration));
            opened(configuration, running, database).work();
        });
    }

    private static CartdServer bound(ServerConfig face) {
        try {
            return CartdServer.bind(face);
        } catch (UncheckedIOException e) {
            throw new FailedException(String.valueOf(e.getMessage()));
        }
    }

    private static Running started(Consumer<Running> start) {
        // At the end of the list: Java's own hashes are faster, it only adds those that Java lacks (blake2).
        Security.addProvider(new BouncyCastleProvider());
        Running running = new Running();
        try {
            start.accept(running);
            return running;
        } catch (RuntimeException e) {
            running.close();
            throw e;
        }
    }

    private static Cartd opened(Configuration configuration, Running running, Database database) {
        requireFit(configuration, database);
        Path volume = configuration.carts().volume();
        warnRoot(volume);
        StartLog.archive(configuration.archive().url());
        Archive archive = running.closing(archive(configuration.archive()));
        Cartd cartd = running.closing(open(cartd(configuration, archive, database), volume));
        StartLog.volume(volume, volume(configuration, database).id());
        return cartd;
    }

    private static void makeTables(Database database) {
        if (database.check() == Database.Check.EMPTY) {
            database.sync();
            StartLog.madeTables();
        }
    }

    /** The database of a server: one that is away is waited for, as long as the configuration says. */
    private static Database patientDatabase(Configuration configuration) {
        StartLog.database(configuration.database().place());
        return Database.open(configuration.database(), InstantSource.system());
    }

    /**
     * Opens a database that this program can work with; a file that is not there is not made.
     *
     * @throws FailedException if it is none
     */
    static Database fitDatabase(Configuration configuration) {
        if (!Database.exists(configuration.database())) {
            throw new FailedException(empty(configuration));
        }
        Duration busy = configuration.database().busyTimeout();
        Database database =
                once(configuration.database().withBusyTimeout(busy.compareTo(COMMAND_BUSY) < 0 ? busy : COMMAND_BUSY));
        try {
            requireFit(configuration, database);
            return database;
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    private static void requireFit(Configuration configuration, Database database) {
        problem(configuration, database.check()).ifPresent(why -> {
            throw new FailedException(why);
        });
    }

    /** Opens the database for a command; nobody is to wait at a prompt for one that is away. */
    static Database database(Configuration configuration) {
        return once(configuration.database());
    }

    private static Database once(DatabaseConfig config) {
        return Database.open(config.withConnectAttempts(1), InstantSource.system());
    }

    /**
     * Opens all that a command needs that causes work; nothing works yet.
     *
     * @throws FailedException as {@link #serve}
     */
    static Site site(Configuration configuration) {
        Security.addProvider(new BouncyCastleProvider());
        Running opened = new Running();
        try {
            Database database = opened.closing(fitDatabase(configuration));
            Archive archive = opened.closing(archive(configuration.archive()));
            Cartd cartd = opened.closing(
                    cartd(configuration, archive, database).marksVolume(false).open());
            cartd.requireVolume();
            return new Site(
                    database, cartd, FileOwner.besideRoot(configuration.carts().volume()), opened);
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private static CartdBuilder cartd(Configuration configuration, Archive archive, Database database) {
        Configuration.ArchiveAccess access = configuration.archive();
        return Cartd.builder(archive, configuration.carts().volume())
                .store(database.store())
                .scheduler(database.scheduler(configuration.engine()))
                .requestShares(database.requestShares(configuration.engine()))
                .clock(InstantSource.system())
                .maxRequests(access.maxRequests())
                .patience(access.patience())
                .tapePatience(access.tapePatience())
                .retries(access.retries())
                .buffer(buffer(configuration.carts().buffer(), access.maxRequests()))
                .shareFiles(configuration.carts().share())
                .keepDeleted(configuration.carts().keepDeleted())
                .space(configuration.space());
    }

    /** The buffers of all pulls together take a sixteenth of the heap at the most. */
    private static int buffer(int wanted, int pulls) {
        long most = Runtime.getRuntime().maxMemory() / 16 / pulls;
        return (int) Math.max(Configuration.MIN_BUFFER, Math.min(wanted, most));
    }

    /**
     * Checks that an archive interface could be at this address; sends nothing.
     *
     * @throws IllegalArgumentException if none can be
     */
    static void checkArchive(URI url) {
        HttpArchive.check(url);
    }

    private static Archive archive(Configuration.ArchiveAccess access) {
        return "file".equalsIgnoreCase(access.url().getScheme())
                ? new DirectoryArchive(Path.of(access.url()))
                : new HttpArchive(access.url(), access.timeout(), access.maxRequests());
    }

    /** Why this program cannot work with a database, and what to do; empty if it can. */
    static Optional<String> problem(Configuration configuration, Database.Check check) {
        return switch (check) {
            case EMPTY -> Optional.of(empty(configuration));
            case FOREIGN ->
                Optional.of("the database has tables, but none of carts: if it is the right one, run cartd dbsync");
            case OUTDATED -> Optional.of("the database was made by an older program: run cartd dbsync");
            case NEWER ->
                Optional.of("the database was made by a newer program: use that one, or put a backup of before back");
            case USABLE, EQUAL -> Optional.empty();
        };
    }

    /** Names the database: who forgot {@code -c} sees that it is another one. */
    static String empty(Configuration configuration) {
        return "the database (" + configuration.database().place() + ") is empty: run cartd dbsync";
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

    /** Says on one line where the configured volume is not the one of this database; nothing is made. */
    static void noteVolume(Configuration configuration, Database database, PrintWriter err) {
        CartVolume volume = volume(configuration, database);
        if (volume.id().isPresent()) {
            volume.problem().ifPresent(problem -> err.println("cartd: " + problem));
            err.flush();
        }
    }

    /** The configured volume. */
    static CartVolume volume(Configuration configuration, Database database) {
        return CartVolume.at(configuration.carts().volume(), database.store());
    }
}
