package dev.cartd.store.sqlite;

import java.sql.SQLException;

/** What is written to the database now would be lost, since its file is not the one that was opened. */
final class LostFileException extends SQLException {
    private static final long serialVersionUID = 1;

    LostFileException(String message) {
        super(message);
    }
}
