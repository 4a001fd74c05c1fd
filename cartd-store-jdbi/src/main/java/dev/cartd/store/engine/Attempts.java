package dev.cartd.store.engine;

import dev.cartd.cart.CartException;
import dev.cartd.store.sql.Connections;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/** Changes of the engine's table that are only logged if they fail: all of them are made up for later. */
record Attempts(Connections connections, Logger log) {
    /**
     * Runs this in a transaction; empty if the database cannot be reached.
     *
     * @param loss what is missing then, for the log
     */
    <T> Optional<T> run(String loss, Function<Handle, T> work) {
        try {
            return Optional.of(connections.write(work));
        } catch (CartException.Unavailable e) {
            warn(loss + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    /** Logs a warning, or only a debug line during an outage, which has a log line of its own. */
    void warn(String line) {
        log.atLevel(connections.isAway() ? Level.DEBUG : Level.WARN).log(line);
    }
}
