package dev.cartd.store;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Databases that the original made on SQLite, and the same on PostgreSQL. */
final class OriginalSample {
    private static final List<String> TABLES = List.of("cart", "file", "carttasks", "cartsystem");

    private OriginalSample() {}

    static Path file(String version) {
        URL found = Objects.requireNonNull(
                OriginalSample.class.getResource("/compat/cartd-" + version + ".sqlite3"), version);
        try {
            return Path.of(found.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Makes tables and rows of the sample in an empty database of PostgreSQL, as the original makes them there. */
    static void copy(String version, Jdbi postgres) {
        Jdbi sample = Jdbi.create("jdbc:sqlite:file:" + file(version) + "?mode=ro");
        postgres.useHandle(to -> sample.useHandle(from -> {
            for (String table : TABLES) {
                from.createQuery("select sql from sqlite_master where type = 'table' and name = ?")
                        .bind(0, table)
                        .mapTo(String.class)
                        .findOne()
                        .ifPresent(sql -> copy(table, sql, from, to));
            }
        }));
    }

    private static void copy(String table, String sql, Handle from, Handle to) {
        to.execute(sql.replace("\"id\" INTEGER NOT NULL PRIMARY KEY", "\"id\" SERIAL NOT NULL PRIMARY KEY")
                .replace("\"bundle\" INTEGER", "\"bundle\" BOOLEAN")
                .replace("DATETIME", "TIMESTAMP"));
        for (Map<String, Object> row :
                from.createQuery("select * from " + table).mapToMap().list()) {
            String columns = String.join(", ", row.keySet());
            String values = row.keySet().stream().map(OriginalSample::value).collect(Collectors.joining(", "));
            to.createUpdate("insert into " + table + " (" + columns + ") values (" + values + ")")
                    .bindMap(row)
                    .execute();
        }
        if (!table.equals("cartsystem")) {
            to.execute("select setval('" + table + "_id_seq', (select max(id) from " + table + "))");
        }
        if (table.equals("file") || table.equals("carttasks")) {
            to.execute("create index " + table + "_cart_id on " + table + " (cart_id)");
        }
    }

    private static String value(String column) {
        return column.endsWith("_date")
                ? "cast(:" + column + " as timestamp)"
                : column.equals("bundle") ? "cast(cast(:bundle as integer) as boolean)" : ":" + column;
    }
}
