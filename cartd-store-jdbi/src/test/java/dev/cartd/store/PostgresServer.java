package dev.cartd.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A PostgreSQL server for tests, that can be stopped and started again. The binaries come with the build; where they
 * cannot run (as root, without user namespaces) the system's are run as nobody.
 */
public final class PostgresServer implements AutoCloseable {
    private static final String SETTINGS = "fsync=off full_page_writes=off max_connections=300";

    private final Path directory;
    private final Path data;
    private final int port;
    private Optional<EmbeddedPostgres> embedded = Optional.empty();

    private PostgresServer(Path directory, int port) {
        this.directory = directory;
        this.data = directory.resolve("data");
        this.port = port;
    }

    /** A new server, started. */
    public static PostgresServer start() throws IOException {
        Path directory = Files.createTempDirectory("cartd-postgres");
        PostgresServer server = new PostgresServer(directory, freePort());
        try {
            server.startEmbedded();
        } catch (IOException | RuntimeException e) {
            try {
                server.initSystem();
                server.again();
            } catch (IOException | IllegalStateException s) {
                s.addSuppressed(e);
                throw new IllegalStateException(
                        "no PostgreSQL for the tests: set CARTD_TEST_POSTGRES to the URL of one whose user may create"
                                + " databases, run as an ordinary user, or install postgresql and setpriv",
                        s);
            }
        }
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        return server;
    }

    /** A server that follows this one and is read-only; this one is stopped and started again for it. */
    public PostgresServer standby() throws IOException {
        PostgresServer standby = new PostgresServer(Files.createTempDirectory("cartd-standby"), freePort());
        stop();
        run("cp", "-a", data.toString(), standby.data.toString());
        again();
        Files.writeString(
                standby.data.resolve("postgresql.auto.conf"),
                "primary_conninfo = 'host=127.0.0.1 port=" + port + " user=postgres password=postgres'\n");
        Files.createFile(standby.data.resolve("standby.signal"));
        run("chown", "-R", "--reference=" + data, standby.directory.toString());
        if (embedded.isPresent()) {
            standby.startEmbedded();
        } else {
            standby.again();
        }
        Runtime.getRuntime().addShutdownHook(new Thread(standby::close));
        return standby;
    }

    /** Executes a statement as an administrator. */
    public void execute(String database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The URL of one of its databases, as the configuration takes it; {@code postgres} is there. */
    public String url(String database) {
        return "postgresql://postgres:postgres@127.0.0.1:" + port + "/" + database;
    }

    /** Makes a database that is like another one, which nobody may have open, and answers its URL. */
    public String copy(String name, String template) throws SQLException {
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name + " template " + template);
        }
        return url(name);
    }

    /** How many nodes run steps now, in a database of cartd. */
    public int working(String database) throws SQLException {
        return (int) count(database, "select count(distinct picked_by) from cartsteps where picked");
    }

    /** The one number that a query of a database answers. */
    public long count(String database, String query) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet numbers = statement.executeQuery(query)) {
            numbers.next();
            return numbers.getLong(1);
        }
    }

    private Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/" + database, "postgres", "postgres");
    }

    public int port() {
        return port;
    }

    /** Stops it as an administrator does: clients are cut off. */
    public void stop() throws IOException {
        if (embedded.isPresent()) {
            embedded.get().close();
        } else {
            run("pg_ctl", "-D", data.toString(), "-m", "fast", "-w", "stop");
        }
    }

    /** Starts it again after {@link #stop}. */
    public void again() throws IOException {
        if (embedded.isPresent()) {
            startEmbedded();
        } else {
            String options = Stream.of(SETTINGS.split(" "))
                    .map(setting -> "-c " + setting)
                    .reduce((a, b) -> a + " " + b)
                    .orElseThrow();
            run(
                    "pg_ctl",
                    "-D",
                    data.toString(),
                    "-l",
                    data.resolveSibling("log").toString(),
                    "-w",
                    "-o",
                    options + " -p " + port + " -k ''",
                    "start");
        }
    }

    @Override
    public void close() {
        try {
            stop();
            run("rm", "-rf", directory.toString());
        } catch (IOException | IllegalStateException e) {
            System.err.println("a PostgreSQL server in " + data + " was not stopped: " + e);
        }
    }

    private void startEmbedded() throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setPGStartupWait(Duration.ofSeconds(60))
                .setRegisterShutdownHook(false)
                .setPort(port);
        for (String setting : SETTINGS.split(" ")) {
            String[] parts = setting.split("=", 2);
            builder.setServerConfig(parts[0], parts[1]);
        }
        embedded = Optional.of(builder.start());
    }

    private void initSystem() throws IOException {
        run("rm", "-rf", data.toString());
        run("chown", "65534:65534", directory.toString());
        run("initdb", "-D", data.toString(), "-U", "postgres", "-A", "trust");
    }

    private static void run(String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        if (!List.of("chown", "rm", "cp").contains(program)
                && System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
        }
        command.add(program);
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IllegalStateException(command + " failed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
