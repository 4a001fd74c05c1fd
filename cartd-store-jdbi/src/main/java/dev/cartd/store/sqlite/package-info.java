/**
 * The dialect of SQLite. {@code Sqlite} is all that others see. {@code SqliteFiles} notices that the database's files
 * were moved, replaced or overwritten while they were open. {@code SqliteLibrary} loads the native code and says why
 * it cannot. This package depends on {@code sql} only.
 */
@NullMarked
package dev.cartd.store.sqlite;

import org.jspecify.annotations.NullMarked;
