package dev.cartd.store.sqlite;

import java.sql.SQLException;

/** The database's file is not the one that was opened: writes would be lost. */
final class LostFileException extends SQLException {
    private static final long serialVersionUID = 1;

    LostFileException(String message) {
        super(message);
    }
}
