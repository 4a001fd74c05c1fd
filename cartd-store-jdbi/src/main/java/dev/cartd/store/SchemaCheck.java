package dev.cartd.store;

import dev.cartd.store.sql.Dialect;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/**
 * Compares what is in a database with what the changelog makes, without Liquibase, which takes half a second to load.
 */
record SchemaCheck(Dialect dialect) {
    private static final String HEAD = "--changeset cartd:";
    private static final int MAJOR = 2;

    Database.Check of(Handle handle) {
        Set<String> tables = tables(handle.getConnection());
        if (!tables.contains("cart")) {
            return tables.isEmpty() ? Database.Check.EMPTY : Database.Check.FOREIGN;
        }
        Optional<Integer> major = version(handle, tables, "major");
        if (major.isPresent() && major.get() > MAJOR) {
            return Database.Check.NEWER;
        }
        Set<String> done = changesets(handle, tables);
        Set<String> wanted = changesets();
        if (!done.containsAll(wanted) || !major.equals(Optional.of(MAJOR))) {
            return Database.Check.OUTDATED;
        }
        boolean exact = done.equals(wanted) && version(handle, tables, "minor").equals(Optional.of(0));
        return exact ? Database.Check.EQUAL : Database.Check.USABLE;
    }

    /** Whether the database is of a version, or has changes of ours, that this program does not know. */
    boolean isAhead(Handle handle) {
        Set<String> tables = tables(handle.getConnection());
        int major = version(handle, tables, "major").orElse(0);
        return major > MAJOR
                || (major == MAJOR && version(handle, tables, "minor").orElse(0) > 0)
                || !changesets().containsAll(changesets(handle, tables));
    }

    /**
     * What is in a database.
     *
     * @param version Pacifica's version of it; empty if it tells none
     */
    record Found(boolean empty, Optional<String> version, int tables, int changesets) {
        /** What was done in between. */
        Synced until(Found later) {
            int changes = later.changesets - changesets;
            Synced.What what = empty ? Synced.What.MADE : changes > 0 ? Synced.What.UPGRADED : Synced.What.NOTHING;
            boolean pacificas = what == Synced.What.UPGRADED && changesets == 0;
            return new Synced(what, pacificas ? version : Optional.empty(), later.tables - tables, changes);
        }
    }

    Found found(Handle handle) {
        Set<String> tables = tables(handle.getConnection());
        Optional<String> version = version(handle, tables, "major")
                .map(major -> major + "." + version(handle, tables, "minor").orElse(0));
        int done = changesets(handle, tables).size();
        return new Found(!tables.contains("cart"), version, tables.size(), done);
    }

    private static Optional<Integer> version(Handle handle, Set<String> tables, String part) {
        return tables.contains("cartsystem")
                ? handle.createQuery("select value from cartsystem where part = :part")
                        .bind("part", part)
                        .mapTo(Integer.class)
                        .findOne()
                : Optional.empty();
    }

    private static Set<String> changesets(Handle handle, Set<String> tables) {
        return tables.contains("databasechangelog")
                ? handle.createQuery("select id from databasechangelog where author = 'cartd'")
                        .mapTo(String.class)
                        .set()
                : Set.of();
    }

    /** The changesets that this program knows. */
    Set<String> changesets() {
        try (InputStream in = Objects.requireNonNull(
                        SchemaCheck.class.getClassLoader().getResourceAsStream(dialect.changelog()));
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return lines.lines()
                    .filter(line -> line.startsWith(HEAD))
                    .map(line -> line.substring(HEAD.length()).split(" ")[0])
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> tables(Connection connection) {
        Set<String> names = new HashSet<>();
        try (ResultSet tables =
                connection.getMetaData().getTables(null, connection.getSchema(), "%", new String[] {"TABLE"})) {
            while (tables.next()) {
                names.add(tables.getString("TABLE_NAME").toLowerCase(Locale.ROOT));
            }
            return names;
        } catch (SQLException e) {
            throw new Unreadable(e);
        }
    }

    private static final class Unreadable extends JdbiException {
        private static final long serialVersionUID = 1;

        Unreadable(SQLException cause) {
            super(cause);
        }
    }
}
