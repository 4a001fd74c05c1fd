package dev.cartd.store.schema;

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
 * Compares the tables of a database with the changelog, without Liquibase, which takes half a second to load. For one
 * thread, while its handle is open. Methods throw {@link JdbiException} if the database cannot be read.
 */
public final class SchemaCheck {
    private static final String HEAD = "--changeset cartd:";
    private static final int MAJOR = 2;

    private final Handle handle;
    private final Dialect dialect;
    private final Set<String> tables;

    /** Reads the table names of the database. */
    public SchemaCheck(Handle handle, Dialect dialect) {
        this.handle = handle;
        this.dialect = dialect;
        this.tables = tables(handle.getConnection());
    }

    /** Whether there are no tables at all. */
    public boolean isEmpty() {
        return tables.isEmpty();
    }

    /** Whether there is a table {@code cart}. */
    public boolean hasCarts() {
        return tables.contains("cart");
    }

    /** Whether the major version is higher than this version of cartd supports. */
    public boolean isNewer() {
        return major().filter(major -> major > MAJOR).isPresent();
    }

    /** Whether all changesets of the changelog are applied. */
    public boolean isComplete() {
        return changesets().containsAll(known(dialect)) && major().equals(Optional.of(MAJOR));
    }

    /** Whether all changesets of the changelog are applied, and no others. */
    public boolean isExact() {
        return isComplete() && changesets().equals(known(dialect)) && minor().equals(Optional.of(0));
    }

    /** Whether the database has a version or a changeset of cartd that this version of cartd does not know. */
    public boolean isAhead() {
        int major = major().orElse(0);
        return major > MAJOR
                || (major == MAJOR && minor().orElse(0) > 0)
                || !known(dialect).containsAll(changesets());
    }

    /**
     * The state of the tables.
     *
     * @param empty whether there is no table {@code cart}
     * @param version the schema version as Pacifica Cartd stores it, such as {@code 2.0}; empty if there is none
     * @param tables the number of tables
     * @param changesets the number of applied changesets of cartd
     */
    public record Found(boolean empty, Optional<String> version, int tables, int changesets) {}

    /** The current state of the tables. */
    public Found found() {
        Optional<String> version = major().map(major -> major + "." + minor().orElse(0));
        return new Found(!hasCarts(), version, tables.size(), changesets().size());
    }

    private Optional<Integer> major() {
        return version("major");
    }

    private Optional<Integer> minor() {
        return version("minor");
    }

    private Optional<Integer> version(String part) {
        return tables.contains("cartsystem")
                ? handle.createQuery("select value from cartsystem where part = :part")
                        .bind("part", part)
                        .mapTo(Integer.class)
                        .findOne()
                : Optional.empty();
    }

    private Set<String> changesets() {
        return tables.contains("databasechangelog")
                ? handle.createQuery("select id from databasechangelog where author = 'cartd'")
                        .mapTo(String.class)
                        .set()
                : Set.of();
    }

    /**
     * The ids of all changesets in the changelog.
     *
     * @throws UncheckedIOException if the changelog cannot be read
     */
    public static Set<String> known(Dialect dialect) {
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
