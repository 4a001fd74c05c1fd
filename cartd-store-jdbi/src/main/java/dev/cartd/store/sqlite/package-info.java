/**
 * The dialect of SQLite. Other packages use {@code Sqlite} only. {@code SqliteFiles} detects that the database's files
 * were moved, replaced or overwritten while they were open. {@code SqliteLibrary} loads the native library, and reports
 * why it cannot. This package depends on {@code sql} only.
 */
@NullMarked
package dev.cartd.store.sqlite;

import org.jspecify.annotations.NullMarked;
