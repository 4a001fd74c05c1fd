package dev.cartd.store;

import dev.cartd.store.postgres.Postgres;
import dev.cartd.store.sql.Dialect;
import dev.cartd.store.sqlite.Sqlite;
import java.util.Locale;

/** Chooses the dialect for a database URL. */
final class DatabaseUrl {
    private DatabaseUrl() {}

    /**
     * The dialect for this URL.
     *
     * @throws IllegalArgumentException if no dialect supports the URL; the message never contains a part that may be a
     *     password
     */
    static Dialect dialect(String url) {
        String scheme = scheme(url);
        return switch (scheme) {
            case "sqlite", "sqliteext" -> Sqlite.ofPeewee(url.substring(scheme.length() + 1));
            case "jdbc:sqlite" -> Sqlite.ofJdbc(url.substring(scheme.length() + 1));
            case "postgresql", "postgres", "jdbc:postgresql" -> Postgres.of(url.substring(scheme.length() + 1));
            case "mysql", "jdbc:mysql", "mariadb", "jdbc:mariadb" ->
                throw new IllegalArgumentException("MySQL is not supported, SQLite and PostgreSQL are: " + Dialect.FORMS
                        + "; docs/operating.md says how to move");
            default ->
                throw new IllegalArgumentException(
                        "the database URL is of no kind that is supported: " + Dialect.FORMS);
        };
    }

    private static String scheme(String url) {
        String lower = url.toLowerCase(Locale.ROOT);
        int from = lower.startsWith("jdbc:") ? "jdbc:".length() : 0;
        int colon = lower.indexOf(':', from);
        return colon < 0 ? "" : lower.substring(0, colon);
    }
}
