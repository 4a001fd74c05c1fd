package dev.cartd.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class DoctorTest {
    @TempDir
    private Path directory;

    private final Map<String, String> environment = new HashMap<>();
    private String out = "";
    private String err = "";

    @BeforeEach
    void makeAllThatAServerNeeds() throws IOException {
        Files.createDirectory(directory.resolve("volume"));
        Files.createDirectories(directory.resolve("archive/2026"));
        environment.put("HOME", directory.toString());
        environment.put("PEEWEE_URL", "sqlite:///" + directory.resolve("db.sqlite3"));
        environment.put("VOLUME_PATH", directory.resolve("volume").toString());
        environment.put(
                "ARCHIVE_INTERFACE_URL", directory.resolve("archive").toUri().toString());
        assertThat(run("dbsync")).isZero();
    }

    private int run(String... arguments) {
        Program program = Program.here(environment, Duration.ZERO, arguments);
        out = program.out();
        err = program.err();
        return program.exit();
    }

    @Test
    void findsNothingWhereAServerCanWork() {
        assertThat(run("doctor")).as(out).isZero();
        assertThat(out.lines())
                .anyMatch(line -> line.startsWith("ok    settings    "))
                .anyMatch(line -> line.startsWith("ok    database    ") && line.endsWith("db.sqlite3: 0 carts"))
                .anyMatch(line -> line.equals("ok    mark        the volume is the one of this database"))
                .anyMatch(line -> line.startsWith("ok    archive     file:///"))
                .noneMatch(line -> line.startsWith("bad"));
        assertThat(err).isEmpty();
        assertThat(directory.resolve("volume")).isDirectoryNotContaining("glob:**.cartd-doctor*");
    }

    @Test
    void looksAtEachArchive() throws IOException {
        Path config =
                Files.writeString(directory.resolve("config.ini"), "[archive tape2]\nurl = http://127.0.0.1:1/\n");
        assertThat(run("-c", config.toString(), "doctor")).isEqualTo(1);
        assertThat(out.lines())
                .anyMatch(line -> line.startsWith("ok    archive     file:///"))
                .anyMatch(line -> line.startsWith("bad   archive tape2  http://127.0.0.1:1/ cannot be reached (")
                        && line.endsWith(": start it, or correct [archive tape2] url"));
    }

    @Test
    void saysWhichThingIsWrongAndWhatToDo() throws IOException {
        environment.put("ARCHIVE_INTERFACE_URL", "http://127.0.0.1:1/");
        Files.delete(directory.resolve("volume/.cartd-volume"));
        assertThat(run("doctor")).isEqualTo(1);
        assertThat(out.lines())
                .anyMatch(line -> line.startsWith("bad   archive     http://127.0.0.1:1/ cannot be reached ("))
                .anyMatch(line -> line.startsWith("bad   mark        ") && line.contains("it has no mark; mount it"));
    }

    @Test
    void looksOnThoughSomethingIsGone() throws IOException {
        environment.put("VOLUME_PATH", directory.resolve("gone").toString());
        Files.delete(directory.resolve("db.sqlite3"));
        assertThat(run("doctor")).isEqualTo(1);
        assertThat(out.lines())
                .anyMatch(line -> line.startsWith("bad   volume      ") && line.contains("gone is not a directory"))
                .anyMatch(line -> line.startsWith("warn  database    ") && line.contains("run cartd dbsync"))
                .anyMatch(line -> line.startsWith("ok    archive"));
        assertThat(directory.resolve("db.sqlite3")).doesNotExist();
        assertThat(directory.resolve("gone")).doesNotExist();
    }

    @Test
    void showsNothingThatSteersATerminal() {
        environment.put("VOLUME_PATH", directory.resolve("gone\u001b[2J\u202e").toString());
        assertThat(run("doctor")).isEqualTo(1);
        assertThat(out)
                .contains("gone?[2J? is not a directory")
                .doesNotContain("\u001b")
                .doesNotContain("\u202e");
    }

    @Test
    void seesClocksThatDiffer() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("db.sqlite3"));
                Statement statement = connection.createStatement()) {
            statement.execute("insert into cart (id, cart_uid, bundle_path, creation_date, updated_date, status, error)"
                    + " values (1, 'x', '', '2026-01-01 00:00:00', '2099-01-01 00:00:00', 'error', 'no')");
        }
        assertThat(run("doctor", "--json")).isEqualTo(1);
        assertThat(out)
                .startsWith("{\"good\":false,\"findings\":[{\"state\":\"ok\",\"about\":\"settings\",")
                .contains("{\"state\":\"bad\",\"about\":\"clock\",\"text\":\"a cart was used at 2099-01-01")
                .contains("\"about\":\"carts\",\"text\":\"1 carts have failed");
    }
}
