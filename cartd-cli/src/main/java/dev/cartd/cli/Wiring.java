package dev.cartd.cli;

import dev.cartd.Cartd;
import dev.cartd.CartdBuilder;
import dev.cartd.archive.HttpArchive;
import dev.cartd.local.DirectoryArchive;
import dev.cartd.server.CartdServer;
import dev.cartd.server.ServerConfig;
import dev.cartd.spi.Archive;
import dev.cartd.store.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** The composition root: the one place that knows every module and puts them together. */
final class Wiring {
    private Wiring() {}

    /**
     * Starts a server with all that it needs.
     *
     * @param work whether it takes up carts too, or leaves them to others
     * @throws FailedException if the database is not one that this program can work with, or the volume cannot be made
     */
    static Running serve(Configuration configuration, ServerConfig face, boolean work) {
        return start(configuration, work, (running, cartd) -> running.serving(CartdServer.start(cartd, face)));
    }

    /**
     * Starts to take up carts, without a server.
     *
     * @throws FailedException as {@link #serve}
     */
    static Running work(Configuration configuration) {
        return start(configuration, true, (running, cartd) -> {});
    }

    private static Running start(Configuration configuration, boolean work, BiConsumer<Running, Cartd> then) {
        // At the end of the list: Java's own hashes are faster, it only adds those that Java lacks (blake2).
        Security.addProvider(new BouncyCastleProvider());
        Running running = new Running();
        try {
            Path volume = directory(configuration.carts().volume());
            Database database = running.closing(fitDatabase(configuration));
            Archive archive = running.closing(archive(configuration.archive()));
            CartdBuilder builder = cartd(configuration, volume, archive, database);
            Cartd cartd = running.closing(work ? builder.start() : builder.open());
            then.accept(running, cartd);
            return running;
        } catch (RuntimeException e) {
            running.close();
            throw e;
        }
    }

    /**
     * Opens a database that this program can work with.
     *
     * @throws FailedException if it is none
     */
    static Database fitDatabase(Configuration configuration) {
        Database database = database(configuration);
        try {
            problem(database.check()).ifPresent(why -> {
                throw new FailedException(why);
            });
            return database;
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /** Opens the database, waiting for one that is away as long as the configuration says. */
    static Database database(Configuration configuration) {
        return Database.open(configuration.database(), InstantSource.system());
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
            Path volume = directory(configuration.carts().volume());
            Database database = opened.closing(fitDatabase(configuration));
            Archive archive = opened.closing(archive(configuration.archive()));
            Cartd cartd = opened.closing(
                    cartd(configuration, volume, archive, database).open());
            return new Site(database, cartd, opened);
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private static CartdBuilder cartd(Configuration configuration, Path volume, Archive archive, Database database) {
        Configuration.ArchiveAccess access = configuration.archive();
        return Cartd.builder(archive, volume)
                .store(database.store())
                .scheduler(database.scheduler(configuration.engine()))
                .requestShares(database.requestShares(configuration.engine()))
                .clock(InstantSource.system())
                .maxRequests(access.maxRequests())
                .patience(access.patience())
                .tapePatience(access.tapePatience())
                .retries(access.retries())
                .buffer(configuration.carts().buffer())
                .shareFiles(configuration.carts().share())
                .keepDeleted(configuration.carts().keepDeleted())
                .space(configuration.space());
    }

    private static Archive archive(Configuration.ArchiveAccess access) {
        return "file".equals(access.url().getScheme())
                ? new DirectoryArchive(Path.of(access.url()))
                : new HttpArchive(access.url(), access.timeout(), access.maxRequests());
    }

    /** Why this program cannot work with a database, and what to do; empty if it can. */
    static Optional<String> problem(Database.Check check) {
        return switch (check) {
            case EMPTY -> Optional.of("the database is empty: run cartd dbsync");
            case OUTDATED -> Optional.of("the database was made by an older program: run cartd dbsync");
            case NEWER ->
                Optional.of("the database was made by a newer program: use that one, or put a backup of before back");
            case USABLE, EQUAL -> Optional.empty();
        };
    }

    private static Path directory(Path volume) {
        try {
            return Files.createDirectories(volume).toRealPath();
        } catch (IOException e) {
            throw new FailedException(Key.VOLUME_PATH.title() + ": cannot make the directory " + volume, e);
        }
    }
}
