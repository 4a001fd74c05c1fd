package dev.cartd.store.sql;

import java.sql.SQLException;

/**
 * Checks that the open connections still lead to the database that a new connection would lead to. Safe for use by many
 * threads.
 */
public interface FileWatch extends AutoCloseable {
    /** For a database server, which guards its own files. */
    FileWatch NOTHING = new FileWatch() {
        @Override
        public void check() {
            // There is nothing to check.
        }

        @Override
        public void close() {
            // There is nothing to close.
        }
    };

    /**
     * Checks the database's files; cheap enough to be called for every transaction.
     *
     * @throws SQLException if writes would be lost now, because a file was removed, replaced or overwritten; the
     *     message says which
     */
    void check() throws SQLException;

    /** Stops watching. Closing again does nothing. */
    @Override
    void close();
}
