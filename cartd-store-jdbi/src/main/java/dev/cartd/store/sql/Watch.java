package dev.cartd.store.sql;

import java.sql.SQLException;

/** Looks whether the database that connections were made to is still the one that others find in its place. */
public interface Watch extends AutoCloseable {
    /** Nothing to look at: a server keeps its files. */
    Watch NOTHING = new Watch() {
        @Override
        public void check() {
            // Nothing can be wrong.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    };

    /**
     * Cheap enough for every transaction.
     *
     * @throws SQLException if what is written now would be lost; the message says why
     */
    void check() throws SQLException;

    @Override
    void close();
}
