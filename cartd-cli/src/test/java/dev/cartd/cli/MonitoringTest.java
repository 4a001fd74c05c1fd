package dev.cartd.cli;

import dev.cartd.cli.command.OpenResources;
import dev.cartd.cli.config.ConfigSources;
import dev.cartd.cli.config.Configuration;
import dev.cartd.cli.config.IniFile;
import dev.cartd.server.ServerConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What a running server says to Prometheus, and whether the dashboard and the alerts ask for that. */
class MonitoringTest {
    private static final Path MONITORING = Path.of("../docs/monitoring");
    private static final Pattern NAME = Pattern.compile("\\b(?:cartd|jvm|process|system)_[a-z0-9_]+");
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    private static Path directory;

    private static OpenResources server;
    private static String text;

    @BeforeAll
    static void serveACart() throws Exception {
        Files.writeString(Files.createDirectory(directory.resolve("archive")).resolve("secret-id"), "four");
        Map<String, String> environment = Map.of(
                "VOLUME_PATH", directory.resolve("volume").toString(),
                "PEEWEE_URL", "sqlite:///" + directory.resolve("db.sqlite3"),
                "ARCHIVE_INTERFACE_URL", directory.resolve("archive").toUri().toString());
        Configuration configuration = Configuration.of(
                new ConfigSources(Map.of(), IniFile.read(directory.resolve("none.ini")), environment), url -> {});
        server = Wiring.serve(configuration, ServerConfig.DEFAULT.withPort(0), true);
        ask("POST", "secret-uid", """
                {"fileids": [{"id": "secret-id", "path": "secret-path", "hashtype": "md5",
                "hashsum": "8cbad96aced40b3838dd9f07f6ef5772"}]}""");
        ask("POST", "wrong", """
                {"fileids": [{"id": "secret-id", "path": "a", "hashtype": "none", "hashsum": "00"}]}""");
        await().until(() -> "ready".equals(status("secret-uid")) && "error".equals(status("wrong")));
        assertThat(ask("GET", "secret-uid", "").statusCode()).isEqualTo(200);
        text = ask("GET", "-/metrics", "").body();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static HttpResponse<String> ask(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.port() + "/" + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String status(String uid) throws IOException, InterruptedException {
        return ask("HEAD", uid, "").headers().firstValue("X-Pacifica-Status").orElseThrow();
    }

    @Test
    void theScrapeSaysWhatTheServerDid() {
        assertThat(text.lines())
                .contains(
                        "cartd_carts{state=\"ready\"} 1.0",
                        "cartd_carts{state=\"error\"} 1.0",
                        "cartd_carts{state=\"staging\"} 0.0",
                        "cartd_carts_ready_total 1.0",
                        "cartd_carts_failed_total{cause=\"request\"} 1.0",
                        "cartd_carts_failed_total{cause=\"hash\"} 0.0",
                        "cartd_available{name=\"archive\"} 1.0",
                        "cartd_pulled_files_total 1.0",
                        "cartd_pulled_bytes_total 4.0",
                        "cartd_archive_request_seconds_count{method=\"pull\"} 1",
                        "cartd_archive_request_seconds_bucket{method=\"pull\",le=\"+Inf\"} 1",
                        "cartd_downloads_begun_total 1.0",
                        "cartd_downloads_cut_total 0.0",
                        "cartd_notices_sent_total 0.0",
                        "cartd_room_queue_carts 0.0",
                        "cartd_database_waiting{use=\"read\"} 0.0");
        assertThat(text).doesNotContain("secret").doesNotContain(directory.toString());
        assertThat(value("cartd_volume_used_bytes")).isPositive();
        assertThat(value("cartd_volume_size_bytes")).isPositive();
        assertThat(value("cartd_served_bytes_total")).isGreaterThan(1024);
        assertThat(value("cartd_step_seconds_count")).isPositive();
        assertThat(value("cartd_database_use_seconds_count{use=\"write\"}")).isPositive();
    }

    private static double value(String name) {
        return text.lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theFormatIsTheOneThatIsAskedFor() throws Exception {
        HttpResponse<String> plain = ask("GET", "-/metrics", "");
        assertThat(plain.headers().firstValue("Content-Type")).contains("text/plain; version=0.0.4; charset=utf-8");
        HttpResponse<String> open =
                ask("GET", "-/metrics", "", "Accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5");
        assertThat(open.headers().firstValue("Content-Type"))
                .contains("application/openmetrics-text; version=1.0.0; charset=utf-8");
        assertThat(open.body()).endsWith("# EOF\n").contains("cartd_pulled_bytes_total 4.0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dashboard.json", "alerts.yml"})
    void nothingIsAskedForThatIsNotThere(String file) throws IOException {
        Set<String> asked = NAME.matcher(Files.readString(MONITORING.resolve(file)))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toSet());
        Set<String> there = text.lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.replaceFirst("[ {].*", ""))
                .collect(Collectors.toSet());
        assertThat(asked).hasSizeGreaterThan(10);
        assertThat(there).containsAll(asked);
    }

    @Test
    void theNamesAreThoseOfPrometheus() throws Exception {
        String ours = text.lines()
                        .filter(line -> line.matches("(# (HELP|TYPE) )?cartd_.*"))
                        .collect(Collectors.joining("\n"))
                + "\n";
        assertThat(promtool(ours, "check", "metrics")).isEmpty();
    }

    @Test
    void eachAlertComesWhenItShould() throws Exception {
        assertThat(promtool("", "check", "rules", "--lint", "all", "--lint-fatal", "alerts.yml"))
                .contains("SUCCESS");
        assertThat(promtool("", "test", "rules", "alerts-test.yml")).contains("SUCCESS");
        Set<String> tested = names("alerts-test.yml", "alertname: (\\w+)");
        assertThat(tested).isEqualTo(names("alerts.yml", "alert: (\\w+)"));
    }

    private static Set<String> names(String file, String pattern) throws IOException {
        return Pattern.compile(pattern)
                .matcher(Files.readString(MONITORING.resolve(file)))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toSet());
    }

    /** Runs promtool, which must succeed, and returns what it prints. */
    private static String promtool(String input, String... arguments) throws IOException, InterruptedException {
        assumeTrue(isThere(), "promtool is not installed (Debian: prometheus): the alerts are not tested");
        List<String> command = new ArrayList<>(List.of("promtool"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(MONITORING.toFile())
                .redirectErrorStream(true)
                .start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(printed).isZero();
        return printed;
    }

    private static boolean isThere() {
        try {
            return new ProcessBuilder("promtool", "--version").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
