package dev.cartd.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** What Pacifica Cartd left: databases that it made on SQLite, the same on PostgreSQL, and its volume. */
public final class OriginalSample {
    private static final List<String> TABLES = List.of("cart", "file", "carttasks", "cartsystem");

    /** The volume of the databases. */
    private static final String VOLUME = "/srv/cartd";

    /** What the ready carts of the older samples have: their volume is not there any more. */
    private static final Map<String, String> OLDER = Map.of(
            "1/old-ready/1/2/3/foo.txt", "foo.txt",
            "1/old-ready/1/2/3/bar.csv", "bar.csv",
            "6/old-ready/second.txt", "foo.txt");

    private OriginalSample() {}

    /** Copies the SQLite file of this version. */
    public static void copy(String version, Path to) throws IOException {
        try (InputStream in = open("cartd-" + version + ".sqlite3")) {
            Files.copy(in, to);
        }
    }

    /** Makes tables and rows of the sample in an empty database of PostgreSQL, as Pacifica Cartd makes them there. */
    public static void copy(String version, RawDatabase postgres) throws IOException {
        Path file = Files.createTempFile("cartd-sample", ".sqlite3");
        try (InputStream in = open("cartd-" + version + ".sqlite3")) {
            Files.write(file, in.readAllBytes());
            copy(Jdbi.create("jdbc:sqlite:" + file), postgres.jdbi());
        } finally {
            Files.delete(file);
        }
    }

    /** Has the carts of the sample lie on this volume, and makes it as Pacifica Cartd left it. */
    public static void putOn(Path volume, String version, RawDatabase database) throws IOException {
        database.run("update cart set bundle_path = replace(bundle_path, ?, ?)", VOLUME, volume.toString());
        if (version.equals("2.0")) {
            unpack(volume);
            return;
        }
        for (Map.Entry<String, String> file : OLDER.entrySet()) {
            Path path = volume.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.write(path, Objects.requireNonNull(contents().get(file.getValue())));
        }
    }

    /** What the archive of the samples has, by its ids. */
    public static Map<String, byte[]> contents() throws IOException {
        Map<String, byte[]> contents = new TreeMap<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(open("volume-2.0.tar"))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.getName().startsWith("volume/1/") && entry.isFile()) {
                    contents.put(entry.getName().replaceAll(".*/", ""), tar.readAllBytes());
                }
            }
        }
        return contents;
    }

    private static void unpack(Path volume) throws IOException {
        try (TarArchiveInputStream tar = new TarArchiveInputStream(open("volume-2.0.tar"))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path path = volume.resolve(entry.getName().substring("volume/".length()));
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                } else if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else {
                    Files.write(path, tar.readAllBytes());
                    Files.setLastModifiedTime(
                            path, FileTime.from(entry.getLastModifiedTime().toInstant()));
                }
            }
        }
    }

    private static InputStream open(String name) {
        return Objects.requireNonNull(OriginalSample.class.getResourceAsStream("/compat/" + name), name);
    }

    private static void copy(Jdbi sample, Jdbi postgres) {
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
