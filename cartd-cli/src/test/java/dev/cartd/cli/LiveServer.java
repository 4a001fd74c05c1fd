package dev.cartd.cli;

import dev.cartd.store.Database;
import dev.cartd.store.DatabaseConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A server as a user has it: the distribution's own launcher, started in a process of its own, with all that belongs to
 * it in one directory: {@code config.ini}, {@code db.sqlite3}, {@code volume}, {@code tmp} and {@code log}.
 */
final class LiveServer implements AutoCloseable {
    private static final Path CARTD = Path.of("target/cartd/bin/cartd").toAbsolutePath();

    /** What makes it start fast: some tests start it dozens of times. */
    private static final String FAST = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

    private static final Pattern WORD = Pattern.compile("'[^']*'|\\S+");
    private static final Pattern LISTENING = Pattern.compile("listening on http://127\\.0\\.0\\.1:(\\d+)");
    private static final Pattern OPENED = Pattern.compile("opened http://127\\.0\\.0\\.1:(\\d+),");
    private static final Pattern STACK_TRACE = Pattern.compile("\\bat [\\w.$/@]+\\([^)]*\\)");
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static Optional<Path> emptyDatabase = Optional.empty();

    private final List<String> before;
    private final Path home;
    private final Path volume;
    private final String[] words;
    private Process process;
    private int port;

    private LiveServer(List<String> before, Path home, Path volume, String[] words) throws IOException {
        this.before = before;
        this.home = home;
        this.volume = volume;
        this.words = words;
        this.process = launch();
    }

    /**
     * Starts one and waits until it listens.
     *
     * @param settings more of them, such as {@code engine.parallel_carts = 1}
     */
    static LiveServer start(Path home, URI archive, String... settings) throws Exception {
        configure(home, home.resolve("volume"), archive, "sqliteext:///" + home.resolve("db.sqlite3"), settings);
        emptyDatabase(home);
        return launched(home, home.resolve("volume"), "serve", "--port", "0");
    }

    /** Starts one as systemd does, which wants to hear of it on this socket. */
    static LiveServer ofSystemd(Path home, URI archive, Path socket) throws Exception {
        configure(home, home.resolve("volume"), archive, "sqliteext:///" + home.resolve("db.sqlite3"));
        return launched(
                List.of("env", "NOTIFY_SOCKET=" + socket), home, home.resolve("volume"), "serve", "--port", "0");
    }

    /** Starts one where this file system is seen: it is its volume. */
    static LiveServer start(Path home, OwnMount volume, URI archive, String... settings) throws Exception {
        String database = "sqliteext:///" + home.resolve("db.sqlite3");
        // Out here dbsync would mark the empty mount point as the volume.
        configure(home, home.resolve("not-there"), archive, database);
        emptyDatabase(home);
        configure(home, volume.directory(), archive, database, settings);
        return launched(volume.entering(), home, volume.seenFromOutside(), "serve", "--port", "0");
    }

    /**
     * Starts one of several on a database that is there and a volume that they share, with these words: {@code serve
     * …}.
     */
    static LiveServer node(Path home, Path volume, String database, URI archive, String words, String... settings)
            throws Exception {
        configure(home, volume, archive, database, settings);
        return launched(home, volume, words.split(" "));
    }

    /** Starts one as {@link #node}, where this file system is seen: it is its volume. */
    static LiveServer node(Path home, OwnMount volume, String database, URI archive, String... settings)
            throws Exception {
        configure(home, volume.directory(), archive, database, settings);
        return launched(volume.entering(), home, volume.seenFromOutside(), "serve", "--port", "0");
    }

    /** Makes the tables of a database; its volume is marked by who serves first. */
    static void sync(String database) {
        try (Database made = Database.open(DatabaseConfig.of(database), InstantSource.system())) {
            made.sync();
        }
    }

    static void configure(Path home, Path volume, URI archive, String database, String... settings) throws IOException {
        Files.createDirectories(home.resolve("tmp"));
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("archiveinterface.url = " + archive);
        all.add("cartd.volume_path = " + volume);
        all.add("database.peewee_url = " + database);
        Files.writeString(home.resolve("config.ini"), ini(all));
    }

    /** Begins to start one, on a database that may not be there yet, and waits until its port is open. */
    static LiveServer opened(Path home, String database, URI archive, String... settings) throws Exception {
        configure(home, home.resolve("volume"), archive, database, settings);
        return openedAsItIs(home);
    }

    /** Like {@link #opened}, with the {@code config.ini} that is there. */
    static LiveServer openedAsItIs(Path home) throws Exception {
        LiveServer server =
                new LiveServer(List.of(), home, home.resolve("volume"), new String[] {"serve", "--port", "0"});
        server.awaitPort(OPENED);
        return server;
    }

    private static LiveServer launched(Path home, Path volume, String... words) throws Exception {
        return launched(List.of(), home, volume, words);
    }

    private static LiveServer launched(List<String> before, Path home, Path volume, String... words) throws Exception {
        LiveServer server = new LiveServer(before, home, volume, words);
        server.awaitListening();
        return server;
    }

    /** Starts it again in the same place, once it has ended. */
    void startAgain() throws Exception {
        launchAgain();
        awaitListening();
    }

    /** Like {@link #startAgain}, without a wait until it listens. */
    void launchAgain() throws IOException {
        assertThat(process.isAlive()).isFalse();
        Files.move(home.resolve("log"), home.resolve("log." + process.pid()));
        process = launch();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Has it stand still, as a machine that swaps or a JVM that collects garbage, until {@link #goOn}. */
    void pause() throws Exception {
        Program.run(home, "kill -STOP " + process.pid());
    }

    void goOn() throws Exception {
        Program.run(home, "kill -CONT " + process.pid());
    }

    /** Runs another command with the same configuration, whether the server is up or not. */
    Program command(String line) throws Exception {
        return command(home, String.join(" ", before), line);
    }

    /** Runs a command with the configuration that is there. */
    static Program command(Path home, String line) throws Exception {
        return command(home, "", line);
    }

    /**
     * As {@link #command(Path, String)}, but in the Java that runs already: for tests that need many commands, which
     * all would have to be started. What the launcher adds is tested elsewhere.
     */
    static Program commandHere(Path home, String line) {
        Stream<String> given =
                WORD.matcher(line).results().map(word -> word.group().replace("'", ""));
        String[] words =
                Stream.concat(Stream.of("-c", home + "/config.ini"), given).toArray(String[]::new);
        return Program.here(Map.of("HOME", home.toString()), words);
    }

    private static Program command(Path home, String before, String line) throws Exception {
        String program = before + " " + CARTD + " -c " + home.resolve("config.ini");
        return Program.shell(home, "JAVA_OPTS='" + FAST + "' " + program + " " + line);
    }

    Http http() {
        return new Http(port);
    }

    int port() {
        return port;
    }

    String url(String uid) {
        return "http://127.0.0.1:" + port + "/" + uid;
    }

    Path home() {
        return home;
    }

    Path volume() {
        return volume;
    }

    /** Where the files of carts are: the names of directories that are the number of a cart. */
    List<String> numbers() throws IOException {
        return names(volume()).stream().filter(name -> name.matches("\\d+")).toList();
    }

    String log() throws IOException {
        return Files.readString(home.resolve("log"));
    }

    /** What a server that had only clients' faults to deal with leaves: no error in its log, nothing in odd places. */
    void assertUnharmed() throws IOException {
        assertThat(http().get("").status()).isEqualTo(200);
        assertThat(log().lines()
                        .filter(line -> line.contains(" ERROR ")
                                || STACK_TRACE.matcher(line).find()))
                .isEmpty();
        assertThat(names(home))
                .allMatch(
                        name -> name.matches("config\\.ini|db\\.sqlite3(-wal|-shm|-nodes)?|log(\\.\\d+)?|tmp|volume"));
        assertThat(names(home.resolve("tmp"))).allMatch(name -> name.startsWith("sqlite-"));
        assertThat(names(volume())).allMatch(name -> name.matches("\\d+|cartuids|\\.cartd-volume"));
    }

    /** Expects this of it, and ends it. */
    void endUnharmed() throws IOException {
        try (this) {
            assertUnharmed();
        }
    }

    /** Asks it to end, and answers its exit code. */
    int terminate() {
        process.destroy();
        return awaitExit();
    }

    /** Ends it as a power failure would. */
    void kill() {
        process.destroyForcibly();
        assertThat(awaitExit()).isNotZero();
    }

    /** Asks it to end, and does not wait. */
    void signal() {
        process.destroy();
    }

    int awaitExit() {
        return process.onExit()
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join()
                .exitValue();
    }

    /** Ends it as an operator does, and expects that it obeys. */
    @Override
    public void close() {
        try {
            if (process.isAlive()) {
                assertThat(terminate()).as("the exit code").isZero();
            }
        } finally {
            process.destroyForcibly();
        }
    }

    static List<String> names(Path directory) throws IOException {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private static String ini(List<String> settings) {
        Map<String, StringBuilder> sections = new TreeMap<>();
        for (String setting : settings) {
            String[] parts = setting.split("\\.", 2);
            sections.computeIfAbsent(parts[0], name -> new StringBuilder("[" + name + "]\n"))
                    .append(parts[1].replace("%", "%%"))
                    .append('\n');
        }
        return String.join("", sections.values());
    }

    /** All start with a copy of one database, which saves each of them the time to make it. */
    private static synchronized void emptyDatabase(Path home) throws Exception {
        if (emptyDatabase.isEmpty()) {
            int exit = builder(home, "dbsync").start().waitFor();
            assertThat(exit).as(Files.readString(home.resolve("log"))).isZero();
            Path copy = Files.createTempFile("cartd-empty", ".sqlite3");
            copy.toFile().deleteOnExit();
            Files.write(copy, Files.readAllBytes(home.resolve("db.sqlite3")));
            emptyDatabase = Optional.of(copy);
        } else {
            Files.copy(emptyDatabase.get(), home.resolve("db.sqlite3"));
        }
    }

    private Process launch() throws IOException {
        ProcessBuilder builder = builder(home, words);
        builder.command().addAll(0, before);
        return builder.start();
    }

    private static ProcessBuilder builder(Path home, String... words) {
        List<String> command = new ArrayList<>(List.of(CARTD.toString(), "-c", home + "/config.ini"));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
        builder.environment().keySet().removeIf(name -> name.matches("CARTD_.*|PEEWEE_URL|VOLUME_PATH"));
        builder.environment().put("HOME", home.toString());
        builder.environment().put("JAVA_OPTS", "-Xmx256m " + FAST + " -Djava.io.tmpdir=" + home.resolve("tmp"));
        return builder.redirectErrorStream(true)
                .redirectOutput(home.resolve("log").toFile());
    }

    /** Waits until it does what it was told to. */
    void awaitListening() {
        awaitPort(LISTENING);
    }

    private void awaitPort(Pattern said) {
        await().atMost(PATIENCE).until(() -> {
            assertThat(process.isAlive()).as(log()).isTrue();
            Matcher line = said.matcher(log());
            port = line.find() ? Integer.parseInt(line.group(1)) : 0;
            return port != 0 || log().contains(" working");
        });
    }
}
