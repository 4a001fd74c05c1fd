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

/** The database of a command: opens it, and says what is wrong with it and with the volume. */
public final class CommandDatabase {
    /** How long a command waits for another program that writes to an SQLite database. */
    private static final Duration BUSY_TIMEOUT = Duration.ofSeconds(10);

    private CommandDatabase() {}

    /**
     * Opens a database that this program can work with; a file that is not there is not made.
     *
     * @throws FailedException if it is none
     */
    public static Database openUsable(Configuration configuration) {
        if (!Database.exists(configuration.database())) {
            throw new FailedException(empty(configuration));
        }
        Duration busy = configuration.database().busyTimeout();
        Database database =
                once(configuration.database().withBusyTimeout(busy.compareTo(BUSY_TIMEOUT) < 0 ? busy : BUSY_TIMEOUT));
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

    /** Opens the database for a command; nobody is to wait at a prompt for one that is away. */
    public static Database open(Configuration configuration) {
        return once(configuration.database());
    }

    private static Database once(DatabaseConfig config) {
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
                Optional.of("the database was made by a newer program: use that one, or put a backup of before back");
            case USABLE, EQUAL -> Optional.empty();
        };
    }

    /** Names the database: who forgot {@code -c} sees that it is another one. */
    public static String empty(Configuration configuration) {
        return "the database (" + configuration.database().place() + ") is empty: run cartd dbsync";
    }

    /** Says on one line where the configured volume is not the one of this database; nothing is made. */
    public static void noteVolume(Configuration configuration, Database database, PrintWriter err) {
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
