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
 * Compares what is in a database with what the changelog makes, without Liquibase, which takes half a second to load.
 * For one handle, as long as that is open.
 */
public final class SchemaCheck {
    private static final String HEAD = "--changeset cartd:";
    private static final int MAJOR = 2;

    private final Handle handle;
    private final Dialect dialect;
    private final Set<String> tables;

    /** Of the database of this handle. */
    public SchemaCheck(Handle handle, Dialect dialect) {
        this.handle = handle;
        this.dialect = dialect;
        this.tables = tables(handle.getConnection());
    }

    /** Whether there are no tables at all. */
    public boolean isEmpty() {
        return tables.isEmpty();
    }

    /** Whether there are tables of carts. */
    public boolean hasCarts() {
        return tables.contains("cart");
    }

    /** Whether a program made it that this one knows nothing about. */
    public boolean isNewer() {
        return major().filter(major -> major > MAJOR).isPresent();
    }

    /** Whether it has all that the changelog makes. */
    public boolean isComplete() {
        return changesets().containsAll(known(dialect)) && major().equals(Optional.of(MAJOR));
    }

    /** Whether it has that and nothing beyond. */
    public boolean isExact() {
        return isComplete() && changesets().equals(known(dialect)) && minor().equals(Optional.of(0));
    }

    /** Whether the database is of a version, or has changes of ours, that this program does not know. */
    public boolean isAhead() {
        int major = major().orElse(0);
        return major > MAJOR
                || (major == MAJOR && minor().orElse(0) > 0)
                || !known(dialect).containsAll(changesets());
    }

    /**
     * What is in a database.
     *
     * @param version Pacifica's version of it; empty if it tells none
     */
    public record Found(boolean empty, Optional<String> version, int tables, int changesets) {}

    /** What is in the database now. */
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

    /** The changesets that this program knows. */
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
