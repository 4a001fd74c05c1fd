package dev.cartd.cli.command;

import dev.cartd.CartVolume;
import dev.cartd.cli.config.Configuration;
import dev.cartd.cli.config.FailedException;
import dev.cartd.store.Database;
import dev.cartd.store.DatabaseConfig;
import dev.cartd.store.Synced;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** Opens the database of a command, and finds problems of the database and the volume. */
public final class CommandDatabase {
    /** How long a command waits for another program that writes to an SQLite database. */
    private static final Duration BUSY_TIMEOUT = Duration.ofSeconds(10);

    private CommandDatabase() {}

    /**
     * Opens the database of a command that needs its tables. Does not create a file.
     *
     * @throws FailedException if there is no database, or this program cannot work with it
     */
    public static Database openUsable(Configuration configuration) {
        if (!Database.exists(configuration.database())) {
            throw new FailedException(empty(configuration));
        }
        Duration busy = configuration.database().busyTimeout();
        Database database = openOnce(
                configuration.database().withBusyTimeout(busy.compareTo(BUSY_TIMEOUT) < 0 ? busy : BUSY_TIMEOUT));
        try {
            requireUsable(configuration, database);
            return database;
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /**
     * Checks that this program can work with a database.
     *
     * @throws FailedException if it cannot; the message says what to do
     */
    public static void requireUsable(Configuration configuration, Database database) {
        problem(configuration, database.check()).ifPresent(why -> {
            throw new FailedException(why);
        });
    }

    /** Opens the database. Fails at once if it is away, since a person waits for the command. */
    public static Database open(Configuration configuration) {
        return openOnce(configuration.database());
    }

    private static Database openOnce(DatabaseConfig config) {
        return Database.open(config.withConnectAttempts(1), InstantSource.system());
    }

    /** Makes the tables of the database, or brings them up to date. */
    public static Synced sync(Configuration configuration) {
        try (Database database = open(configuration)) {
            return database.sync();
        }
    }

    /** Why this program cannot work with a database, and what to do; empty if it can. */
    public static Optional<String> problem(Configuration configuration, Database.Check check) {
        return switch (check) {
            case EMPTY -> Optional.of(empty(configuration));
            case FOREIGN ->
                Optional.of("the database has tables, but none of carts: if it is the right one, run cartd dbsync");
            case OUTDATED -> Optional.of("the database was made by an older program: run cartd dbsync");
            case NEWER ->
                Optional.of("the database was made by a newer program: use that program, or restore an older backup");
            case USABLE, EQUAL -> Optional.empty();
        };
    }

    /** The message about an empty database. Names the database, so that an operator who forgot {@code -c} sees it. */
    public static String empty(Configuration configuration) {
        return "the database (" + configuration.database().place() + ") is empty: run cartd dbsync";
    }

    /** Prints a line if the configured volume is not the volume of this database. Makes nothing. */
    public static void warnIfOtherVolume(Configuration configuration, Database database, PrintWriter err) {
        CartVolume volume = volume(configuration, database);
        if (volume.id().isPresent()) {
            volume.problem().ifPresent(problem -> err.println("cartd: " + problem));
            err.flush();
        }
    }

    /** The configured volume. */
    public static CartVolume volume(Configuration configuration, Database database) {
        return CartVolume.at(configuration.carts().volume(), database.store());
    }
}
