package dev.cartd.cli;

import dev.cartd.Waiting;
import dev.cartd.cli.command.StopSignal;
import dev.cartd.cli.config.FailedException;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

class CartdCommandTest {
    @TempDir
    private Path directory;

    private final Map<String, String> environment = new HashMap<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void leaveTheMachineAlone() {
        environment.put("HOME", directory.resolve("home").toString());
        environment.put("VOLUME_PATH", directory.resolve("volume").toString());
    }

    @Test
    void showsTheHelpWithoutASubcommand() {
        assertThat(run()).isZero();
        assertThat(out.toString()).startsWith("Usage: cartd").contains("serve", "work", "dbsync", "dbchk", "demo");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help list", "-h list"})
    void showsAllCommandsInTheHelpWhateverElseIsSaid(String line) {
        assertThat(run(line.split(" "))).isZero();
        assertThat(out.toString()).startsWith("Usage: cartd").contains("serve", "work", "dbsync", "dbchk", "demo");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-h", "--help", "serve -h", "work -h", "dbsync --help", "dbchk --help", "demo --help", "-V"})
    void showsHelp(String line) {
        assertThat(run(line.split(" "))).isZero();
        assertThat(out.toString()).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bogus",
                "--bogus",
                "serve --port x",
                "serve -p 65536",
                "serve -p -1",
                "serve extra",
                "work --port 1",
                "dbchk --nope",
                "dbsync -c",
                "demo a b",
                "list --failed --deleted",
                "status",
                "keep x",
                "keep x --for y",
                "space --free nothing",
                "purge --time-ago tomorrow",
                "dump extra",
                "fixit --cartid"
            })
    void answersWrongUsageWithTwoAndOneLine(String line) {
        assertThat(run(line.split(" "))).isEqualTo(2);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("cartd: ")
                .matches(".*; see cartd( [a-z]+)? --help");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void speaksOfTheArgumentsOfFixitAndMakesNothing() {
        environment.put("VOLUME_PATH", directory.resolve("volume").toString());
        environment.put("PEEWEE_URL", "sqlite:///" + directory.resolve("db.sqlite3"));
        assertThat(run("fixit")).isZero();
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("cartd: nothing to repair: ")
                .contains("--cartid UID", "--failed");
        assertThat(directory.resolve("db.sqlite3")).doesNotExist();
    }

    @Test
    void takesTheLastOfSeveralConfigurations() throws IOException {
        String first = config("first.sqlite3").toString();
        assertThat(run(
                        "-c",
                        first,
                        "dbsync",
                        "-c",
                        first,
                        "-c",
                        config("last.sqlite3").toString()))
                .isZero();
        assertThat(directory.resolve("last.sqlite3")).exists();
        assertThat(directory.resolve("first.sqlite3")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve -p 0", "work", "dbsync", "dbchk", "list", "fixit --failed", "purge", "demo --once"})
    void makesNothingWithoutTheConfigurationThatIsNamed(String line) throws IOException {
        Path volume = directory.resolve("volume");
        Path database = directory.resolve("db.sqlite3");
        environment.put("VOLUME_PATH", volume.toString());
        environment.put("PEEWEE_URL", "sqlite:///" + database);
        Path log = directory.resolve("cartd.log");
        environment.put(
                "CARTD_CPCONFIG",
                Files.writeString(directory.resolve("cp.ini"), "[global]\nlog.error_file = '" + log + "'\n")
                        .toString());
        Path missing = directory.resolve("missing.ini");

        assertThat(run((line + " -c " + missing).split(" "))).isEqualTo(2);

        assertThat(err.toString().lines())
                .containsExactly("cartd: the configuration file " + missing + " is not there; see cartd --help");
        assertThat(volume).doesNotExist();
        assertThat(database).doesNotExist();
        assertThat(log).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dbsync", "dbchk", "list", "status x", "dump", "fixit --failed", "purge", "space"})
    @Timeout(value = 20, unit = SECONDS)
    void failsAtOnceWhileTheDatabaseIsAway(String line) throws IOException {
        environment.put("VOLUME_PATH", directory.resolve("volume").toString());
        environment.put("PEEWEE_URL", "postgresql://me:geheim@127.0.0.1:1/cart");
        environment.put("DATABASE_CONNECT_WAIT", "3600");

        assertThat(run(line.split(" "))).isEqualTo(1);

        assertThat(err.toString().lines())
                .containsExactly(
                        "cartd: the database (PostgreSQL 127.0.0.1:1/cart) cannot be used now: connection refused");
    }

    @Test
    @Timeout(value = 30, unit = SECONDS)
    void doesNotWaitForADatabaseThatSaysNothing() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            environment.put("PEEWEE_URL", "postgresql://127.0.0.1:" + silent.getLocalPort() + "/cart");
            assertThat(run("list")).isEqualTo(1);
        }
        assertThat(err.toString().lines()).singleElement().asString().endsWith("cannot be used now: no answer in time");
    }

    @Test
    @Timeout(value = 40, unit = SECONDS)
    void doesNotWaitLongForAFileThatAnotherProgramHasLocked() throws Exception {
        String config = config("locked.sqlite3").toString();
        try (Connection lock = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("locked.sqlite3"));
                Statement statement = lock.createStatement()) {
            statement.execute("create table x (x)");
            statement.execute("begin exclusive");
            assertThat(run("list", "-c", config)).isEqualTo(1);
        }
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .endsWith("cannot be used now: another program has it locked, and does not let go of it [SQLITE_BUSY]");
    }

    @Test
    void takesTheConfigurationBeforeAndAfterASubcommand() throws IOException {
        String config = config("one.sqlite3").toString();
        assertThat(run("dbchk", "-c", config)).isEqualTo(1);
        assertThat(err.toString())
                .isEqualToIgnoringNewLines("cartd: the database (SQLite " + directory.resolve("one.sqlite3")
                        + ") is empty: run cartd dbsync");
        assertThat(run("-c", config, "dbsync")).isZero();
        assertThat(run("dbchk", "--config", config)).isZero();
        assertThat(run("--config=" + config, "dbchk", "--equal")).isZero();
        assertThat(directory.resolve("one.sqlite3")).exists();
    }

    @Test
    void takesTheConfigurationOfTheEnvironmentOrOfTheHomeDirectory() throws IOException {
        Path home = Files.createDirectories(directory.resolve("home/.pacifica-cartd"));
        Files.copy(config("home.sqlite3"), home.resolve("config.ini"));
        assertThat(run("dbsync")).isZero();
        assertThat(directory.resolve("home.sqlite3")).exists();
        environment.put("CARTD_CONFIG", config("variable.sqlite3").toString());
        assertThat(run("dbsync")).isZero();
        assertThat(directory.resolve("variable.sqlite3")).exists();
        assertThat(run("dbsync", "-c", config("flag.sqlite3").toString())).isZero();
        assertThat(directory.resolve("flag.sqlite3")).exists();
    }

    @Test
    void takesTheEnvironmentBelowTheFile() throws IOException {
        environment.put("PEEWEE_URL", "sqlite:///" + directory.resolve("environment.sqlite3"));
        assertThat(run("dbsync")).isZero();
        assertThat(directory.resolve("environment.sqlite3")).exists();
        assertThat(run("dbsync", "-c", config("file.sqlite3").toString())).isZero();
        assertThat(directory.resolve("file.sqlite3")).exists();
    }

    @Test
    void saysInOneLineWhatIsWrong() throws IOException {
        Path bad = Files.writeString(directory.resolve("bad.ini"), "[cartd]\nmax_files = many\n");
        assertThat(run("dbchk", "-c", bad.toString())).isEqualTo(1);
        assertThat(err.toString().lines())
                .containsExactly("cartd: [cartd] max_files = many (" + bad
                        + ") cannot be: allowed is a whole number from 1 to 100000000");
    }

    @ParameterizedTest
    @CsvSource({
        "create table cart (id integer primary key), made by an older program: run cartd dbsync",
        "create table invoice (id integer primary key), 'has tables, but none of carts'",
    })
    void refusesToServeWhatWasNotSyncedAndLeavesItAsItIs(String table, String reason) throws Exception {
        String config = config("old.sqlite3").toString();
        try (Connection raw = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("old.sqlite3"));
                Statement statement = raw.createStatement()) {
            statement.execute(table);

            assertThat(run("serve", "-p", "0", "-c", config)).isEqualTo(1);

            assertThat(err.toString().lines()).singleElement().asString().contains(reason);
            try (ResultSet tables = statement.executeQuery("select count(*) from sqlite_master")) {
                assertThat(tables.getInt(1)).isEqualTo(1);
            }
        }
    }

    @Test
    void takesItsPortBeforeAnythingElse() throws IOException {
        String config = config("untouched.sqlite3").toString();
        environment.put("VOLUME_PATH", directory.resolve("untouched").toString());
        try (ServerSocket taken = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            assertThat(run("serve", "-p", port, "-c", config)).isEqualTo(1);
            assertThat(err.toString().lines())
                    .singleElement()
                    .asString()
                    .startsWith("cartd: cannot listen on 127.0.0.1:" + port + ": ");
        }
        assertThat(directory.resolve("untouched.sqlite3")).doesNotExist();
        assertThat(directory.resolve("untouched")).doesNotExist();
    }

    @Test
    void saysThatTheVolumeCannotBeMade() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        environment.put("VOLUME_PATH", file.resolve("volume").toString());
        String config = config("v.sqlite3").toString();
        assertThat(run("dbsync", "-c", config)).isZero();
        assertThat(run("serve", "-p", "0", "-c", config)).isEqualTo(1);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("cartd: [cartd] volume_path: cannot make the directory " + file.resolve("volume"));
    }

    @Test
    void aReasonIsNoNameOfAClass() {
        Map<IOException, String> reasons = Map.of(
                new NoSuchFileException("/proc/nope"), "no such file or directory: /proc/nope",
                new AccessDeniedException("/proc/nope"), "permission denied: /proc/nope",
                new EOFException(), "it ends too early");
        reasons.forEach((failure, reason) -> {
            assertThat(FailedException.reason(failure)).isEqualTo(reason);
            assertThat(FailedException.reason(new UncheckedIOException(failure)))
                    .isEqualTo(reason);
            assertThat(new FailedException("cannot read it", failure)).hasMessage("cannot read it: " + reason);
        });
    }

    @Test
    void aVolumeThatCannotBeMadeIsToldInPlainWords() throws IOException {
        environment.put("VOLUME_PATH", "/proc/nope");
        String config = config("p.sqlite3").toString();
        assertThat(run("dbsync", "--adopt-volume", "-c", config)).isEqualTo(1);
        assertThat(err.toString())
                .contains("/proc/nope", "no such file or directory")
                .doesNotContain("Exception");
    }

    @Test
    void showsTheMainJob() {
        assertThat(run("demo", "--once")).as(err.toString()).isZero();
        assertThat(out.toString())
                .contains(
                        "$ curl -X POST --upload-file ",
                        "$ curl -I ",
                        "$ curl -O -J ",
                        "every SHA-256 is right",
                        "It works");
    }

    @Test
    void showsTheMainJobWithADirectoryOfOnesOwn() throws IOException {
        Path own = Files.createDirectories(directory.resolve("my own"));
        Files.writeString(own.resolve("it's.txt"), "mine");
        assertThat(run("demo", "--once", own.toString())).as(err.toString()).isZero();
        assertThat(out.toString()).contains(own + ": 1 files, 4 bytes", "all 1 files are there");
    }

    @Test
    void failsToShowWhatIsNotThere() throws IOException {
        assertThat(run("demo", "--once", directory.resolve("none").toString())).isEqualTo(1);
        assertThat(err.toString().lines())
                .containsExactly("cartd: " + directory.resolve("none") + " is not a directory");
        Path empty = Files.createDirectory(directory.resolve("empty"));
        assertThat(run("demo", "--once", empty.toString())).isEqualTo(1);
        assertThat(err.toString()).contains(empty + " has no file that can be in a cart");
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve -p 0", "serve -p 0 --no-work", "work"})
    @Timeout(value = 60, unit = SECONDS)
    void endsWhenItsThreadIsInterrupted(String line) throws Exception {
        String config = config("stop.sqlite3").toString();
        environment.put("VOLUME_PATH", directory.resolve("new/volume").toString());
        assertThat(run("dbsync", "-c", config)).isZero();
        int[] exit = {-1};
        Thread server = new Thread(() -> exit[0] = run((line + " -c " + config).split(" ")));
        server.start();
        Waiting.await()
                .until(() -> server.getState() == Thread.State.WAITING
                        && Files.isDirectory(directory.resolve("new/volume"))
                        && Arrays.stream(server.getStackTrace())
                                .anyMatch(frame -> frame.getClassName().equals(StopSignal.class.getName())));
        server.interrupt();
        server.join();
        assertThat(exit[0]).isZero();
    }

    private Path config(String database) throws IOException {
        return Files.writeString(
                directory.resolve(database + ".ini"),
                "[database]\npeewee_url = sqlite:///" + directory.resolve(database) + "\nconnect_attempts = 1\n");
    }

    private int run(String... arguments) {
        CommandLine line = CartdCommand.line(environment, Duration.ZERO, arguments);
        return line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(arguments);
    }
}
