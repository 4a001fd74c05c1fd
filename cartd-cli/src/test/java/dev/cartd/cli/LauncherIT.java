package dev.cartd.cli;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.cartd.Waiting.await;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

/** Runs the launchers of target/cartd as an operator does. */
class LauncherIT {
    private static final Path HOME = Path.of("target/cartd").toAbsolutePath();
    private static final Path BIN = HOME.resolve("bin");
    private static final Pattern LISTENING = Pattern.compile("listening on (http://\\S+)");
    private static final int SECONDS_TO_END = 60;
    private static final Map<String, String> NO_LOCALE = Map.of("LC_ALL", "", "LC_CTYPE", "", "LANG", "");

    @TempDir
    private Path directory;

    private final List<Process> started = new ArrayList<>();

    /** What a process that ended left. */
    private record Ended(int exit, String out, String err) {}

    @BeforeEach
    void haveADirectoryWithASpace() throws IOException {
        directory = Files.createDirectory(directory.resolve("a b"));
    }

    @AfterEach
    void endWhatStillRuns() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cartd", "pacifica-cartd-cmd"})
    void showsTheHelp(String name) throws Exception {
        Ended ended = run(Map.of(), BIN.resolve(name).toString());
        assertThat(ended.exit).as(ended.err).isZero();
        assertThat(ended.out).startsWith("Usage: cartd").contains("dbsync");
    }

    @Test
    void servesUnderTheNameOfTheOriginalsServer() throws Exception {
        assertThat(run(Map.of(), BIN.resolve("pacifica-cartd").toString(), "--help").out)
                .startsWith("Usage: cartd serve")
                .contains("--cpconfig", "-p", "-a", "-c");
    }

    @Test
    void followsAChainOfLinks() throws Exception {
        Path near = Files.createSymbolicLink(directory.resolve("near"), BIN.resolve("pacifica-cartd"));
        Path sub = Files.createDirectory(directory.resolve("sub"));
        Files.createSymbolicLink(sub.resolve("relative"), Path.of("../near"));
        Path linked = Files.createSymbolicLink(directory.resolve("linked directory"), sub);
        for (Path link : List.of(near, sub.resolve("relative"), linked.resolve("relative"))) {
            assertThat(run(Map.of(), link.toString(), "-h").out).as("%s", link).startsWith("Usage: cartd serve");
        }
    }

    @Test
    void runsFromWhereverItIsCopiedTo() throws Exception {
        Path copy = directory.resolve("opt cartd");
        assertThat(run(Map.of(), "cp", "-R", HOME.toString(), copy.toString()).exit)
                .isZero();
        // Else an archive of classes would be made there, while the test ends.
        Map<String, String> environment = Map.of("CDPATH", "/", "JAVA_OPTS", "-Xshare:off");
        Ended ended = run(environment, "../a b/opt cartd/bin/cartd", "--version");
        assertThat(ended.out).as(ended.err).startsWith("cartd ");
        Files.move(copy.resolve("lib"), copy.resolve("away"));
        assertThat(run(Map.of(), copy.resolve("bin/cartd").toString()).err).contains("keep bin and lib together");
    }

    @Test
    void honoursJavaHomeAndJavaOpts() throws Exception {
        Ended ended = run(
                Map.of("JAVA_HOME", System.getProperty("java.home"), "JAVA_OPTS", "-Xmx200m -XshowSettings:properties"),
                BIN.resolve("cartd").toString());
        assertThat(ended.exit).isZero();
        assertThat(ended.err).contains("java.home = " + System.getProperty("java.home"));
        Path fake = fakeJava("echo \"openjdk version \\\"21.0.1\\\"\" >&2; echo \"fake: $*\"");
        assertThat(run(
                                Map.of("JAVA_HOME", fake.toString()),
                                BIN.resolve("cartd").toString(),
                                "a b")
                        .out)
                .contains("dev.cartd.cli.Main a b");
    }

    @Test
    void saysThatJavaIsMissingOrTooOld() throws Exception {
        Ended missing = run(
                Map.of("JAVA_HOME", directory.toString()), BIN.resolve("cartd").toString());
        assertThat(missing.exit).isEqualTo(1);
        assertThat(missing.err.lines()).singleElement().asString().contains("JAVA_HOME is " + directory);
        Path old = fakeJava("echo 'java version \"1.8.0_402\"' >&2");
        Ended tooOld =
                run(Map.of("JAVA_HOME", old.toString()), BIN.resolve("cartd").toString());
        assertThat(tooOld.exit).isEqualTo(1);
        assertThat(tooOld.err.lines()).singleElement().asString().contains("needs Java 17 or newer");
    }

    @Test
    void endsWithZeroOnSigterm() throws Exception {
        Path config = config("");
        assertThat(run(Map.of(), BIN.resolve("cartd").toString(), "dbsync", "-c", config.toString()).exit)
                .isZero();
        Path err = directory.resolve("err");
        Process server =
                start(Map.of(), err, BIN.resolve("pacifica-cartd").toString(), "-c", config.toString(), "-p", "0");
        String url = listening(server, err);
        assertThat(status(url + "/")).isEqualTo(200);
        assertThat(status(url + "/nobody")).isEqualTo(404);
        server.destroy();
        assertThat(server.waitFor(SECONDS_TO_END, SECONDS)).isTrue();
        assertThat(server.exitValue()).as(Files.readString(err)).isZero();
        assertThat(directory.resolve("volume")).isDirectory();
    }

    @Test
    void honoursTheCherryPyFile() throws Exception {
        Path config = config("");
        Path log = directory.resolve("cartd.log");
        Path access = directory.resolve("access.log");
        Path cherryPy = Files.writeString(
                directory.resolve("cp.ini"),
                "[global]\nlog.screen = False\nlog.error_file = '%s'\nlog.access_file = '%s'\nserver.socket_port = 0\n"
                        .formatted(log, access));
        assertThat(run(Map.of(), BIN.resolve("cartd").toString(), "dbsync", "-c", config.toString()).exit)
                .isZero();
        Path err = directory.resolve("err");
        Map<String, String> environment =
                Map.of("CARTD_CONFIG", config.toString(), "CARTD_CPCONFIG", cherryPy.toString());
        Process server = start(environment, err, BIN.resolve("cartd").toString(), "serve");
        assertThat(status(listening(server, log) + "/logged")).isEqualTo(404);
        server.destroy();
        assertThat(server.waitFor(SECONDS_TO_END, SECONDS)).isTrue();
        assertThat(err).isEmptyFile();
        assertThat(access).content().contains("/logged");
    }

    @Test
    void showsTheMainJobUnderAnyLocale() throws Exception {
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        Ended ended = run(
                Map.of("LC_ALL", "C", "TMPDIR", temporary.toString()),
                BIN.resolve("cartd").toString(),
                "demo",
                "--once");
        assertThat(ended.exit).as(ended.err).isZero();
        assertThat(ended.err).isEmpty();
        assertThat(ended.out)
                .contains("every SHA-256 is right")
                .contains("/-/carts/demo/\n")
                .contains("all 6 lines of it are right");
    }

    @ParameterizedTest
    @ValueSource(strings = {"LC_ALL=xx_YY.UTF-8", "LC_CTYPE=UTF-8", "LANG=en_XX.UTF-8", "LC_ALL=POSIX", "LANG="})
    void makesAllNamesUnderALocaleThatIsNotInstalled(String variable) throws Exception {
        String name = variable.substring(0, variable.indexOf('='));
        Map<String, String> environment = new HashMap<>(NO_LOCALE);
        environment.put(name, variable.substring(name.length() + 1));
        environment.put("JAVA_OPTS", "-XshowSettings:properties");
        Ended ended = run(environment, BIN.resolve("cartd").toString(), "--version");
        assertThat(ended.exit).isZero();
        assertThat(ended.err).contains("sun.jnu.encoding = UTF-8");
    }

    @Test
    void leavesALocaleThatWorksAsItIs() throws Exception {
        Path fake = fakeJava(
                "echo 'openjdk version \"21.0.1\"' >&2; echo 'sun.jnu.encoding = UTF-8' >&2; echo \"<$LC_ALL>\"");
        Map<String, String> environment = new HashMap<>(NO_LOCALE);
        environment.putAll(Map.of("JAVA_HOME", fake.toString(), "LC_ALL", "whatever"));
        assertThat(run(environment, BIN.resolve("cartd").toString()).out).isEqualTo("<whatever>\n");
    }

    @Test
    void saysWhereNamesCannotBeMade() throws Exception {
        Path archive = Files.createDirectory(directory.resolve("archive"));
        Files.writeString(archive.resolve("one"), "1");
        Path config =
                config("[archiveinterface]\nurl = " + archive.toUri().toString().replace("%", "%%") + "\n");
        assertThat(run(Map.of(), BIN.resolve("cartd").toString(), "dbsync", "-c", config.toString()).exit)
                .isZero();
        Path err = directory.resolve("err");
        Process server = start(
                Map.of("LC_ALL", "xx_YY.UTF-8"),
                err,
                BIN.resolve("cartd").toString(),
                "serve",
                "-c",
                config.toString(),
                "-p",
                "0");
        String url = listening(server, err);
        post(url + "/made");
        await().atMost(SECONDS_TO_END, SECONDS).until(() -> ready(url + "/made"));
        assertThat(Files.readString(err)).doesNotContain("names beyond ASCII");
        server.destroy();
        assertThat(server.waitFor(SECONDS_TO_END, SECONDS)).isTrue();

        Path plain = directory.resolve("plain");
        Process ascii = start(
                Map.of("LC_ALL", "POSIX"),
                plain,
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                HOME.resolve("lib") + "/*",
                "dev.cartd.cli.Main",
                "serve",
                "-c",
                config.toString(),
                "-p",
                "0");
        String again = listening(ascii, plain);
        assertThat(get(again + "/made")).startsWith("503 ").contains("not UTF-8", "LC_ALL=C.UTF-8");
        post(again + "/new");
        await().atMost(SECONDS_TO_END, SECONDS).until(() -> status(again + "/new") == 500);
        assertThat(get(again + "/new")).startsWith("500 ").contains("not UTF-8");
        assertThat(get(again + "/made")).startsWith("503 ");
        assertThat(Files.readString(plain).lines().filter(line -> line.contains("names beyond ASCII")))
                .hasSize(1);
        assertThat(Files.readString(plain)).doesNotContain("\tat ");
    }

    private static void post(String url) throws Exception {
        String body = "{\"fileids\": [{\"id\": \"one\", \"path\": \"\\u00fc/\\u4e2d.txt\", \"hashtype\": \"md5\","
                + " \"hashsum\": \"c4ca4238a0b923820dcc509a6f75849b\"}]}";
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(url))
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }

    private static String get(String url) throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
        return answer.statusCode() + " " + answer.body();
    }

    private static boolean ready(String url) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(url))
                                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .headers()
                .firstValue("X-Pacifica-Status")
                .equals(Optional.of("ready"));
    }

    @Test
    void removesWhatTheDemoMadeWhenItIsStopped() throws Exception {
        Path archive = Files.createDirectory(directory.resolve("archive"));
        Files.writeString(archive.resolve("one.txt"), "1");
        Path err = directory.resolve("err");
        Process demo = start(Map.of(), err, BIN.resolve("cartd").toString(), "demo", archive.toString());
        Path out = directory.resolve("err.out");
        await().atMost(SECONDS_TO_END, SECONDS)
                .until(() -> Files.readString(out).contains("Ctrl-C ends it"));
        Matcher made = Pattern.compile("volume in (\\S+)").matcher(Files.readString(out));
        assertThat(made.find()).isTrue();
        assertThat(Path.of(made.group(1), "cart.json")).exists();
        demo.destroy();
        assertThat(demo.waitFor(SECONDS_TO_END, SECONDS)).isTrue();
        assertThat(demo.exitValue()).isZero();
        assertThat(Path.of(made.group(1))).doesNotExist();
    }

    private Path config(String more) throws IOException {
        return Files.writeString(
                directory.resolve("config.ini"),
                "[cartd]\nvolume_path = %s\n[database]\npeewee_url = sqlite:///%s\n%s"
                        .formatted(directory.resolve("volume"), directory.resolve("db.sqlite3"), more));
    }

    private Path fakeJava(String script) throws IOException {
        Path home = Files.createTempDirectory(directory, "java");
        Path java = Files.createDirectory(home.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        return home;
    }

    private static String listening(Process server, Path log) throws IOException {
        await().atMost(SECONDS_TO_END, SECONDS).until(() -> !server.isAlive() || said(log, LISTENING));
        Matcher url = LISTENING.matcher(Files.readString(log));
        assertThat(url.find()).as(Files.readString(log)).isTrue();
        return url.group(1);
    }

    private static boolean said(Path log, Pattern what) throws IOException {
        return Files.exists(log) && what.matcher(Files.readString(log)).find();
    }

    private static int status(String url) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(url).toURL().openConnection();
        connection.setRequestMethod("HEAD");
        try {
            return connection.getResponseCode();
        } finally {
            connection.disconnect();
        }
    }

    private Ended run(Map<String, String> environment, String... command) throws IOException, InterruptedException {
        Path err = Files.createTempFile(directory, "run", ".err");
        Process process = start(environment, err, command);
        assertThat(process.waitFor(SECONDS_TO_END, SECONDS)).isTrue();
        return new Ended(process.exitValue(), Files.readString(Path.of(err + ".out")), Files.readString(err));
    }

    private Process start(Map<String, String> environment, Path err, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(Path.of(err + ".out").toFile())
                .redirectError(err.toFile());
        builder.environment().put("HOME", directory.toString());
        builder.environment().keySet().removeAll(List.of("JAVA_HOME", "JAVA_OPTS", "JAVA_TOOL_OPTIONS"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        started.add(process);
        return process;
    }
}
