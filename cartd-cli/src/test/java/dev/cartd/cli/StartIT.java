package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import dev.cartd.store.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** How a server starts, and what it says of it. */
class StartIT {
    /** Prints each datagram on a line. */
    private static final String DATAGRAMS = """
            import socket, sys
            heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            heard.bind(sys.argv[1])
            while True:
                print(heard.recv(65536).decode().strip().replace("\\n", "|"), flush=True)
            """;

    private final ArchiveInterface archive = new ArchiveInterface();

    @TempDir
    private Path home;

    @AfterEach
    void stop() {
        archive.close();
    }

    @Test
    void it_answers_503_until_its_database_is_there() throws Exception {
        try (PostgresServer postgres = PostgresServer.start()) {
            postgres.stop();
            String[] patience = {"database.connect_attempts = 1000", "database.connect_wait = 1 s"};
            try (LiveServer server = LiveServer.opened(home, postgres.url("postgres"), archive.url(), patience)) {
                Reply head = server.http().head("early");
                assertThat(head.pacifica())
                        .startsWith("503 staging cartd is starting: it waits for the database (PostgreSQL 127.0.0.1:");
                server.http().get("early").assertError(503, "cartd is starting");
                server.http().post("early", Order.random(archive, 1, 1).json()).assertError(503, "cartd is starting");
                await().until(() ->
                        server.log().contains("cannot be reached, try 2 of 1000, the next in 1 s: connection refused"));

                postgres.again();
                server.awaitListening();

                server.http().order("late", Order.random(archive, 1, 1).json());
                server.http().awaitReady("late");
                assertThat(server.log()).containsOnlyOnce("the database was empty: its tables are made now");
            }
        }
    }

    @Test
    void it_tells_systemd_when_it_listens_and_when_it_stops() throws Exception {
        assumeThat(Program.shell(home, "command -v systemd-notify && command -v python3")
                        .exit())
                .as("SKIPPED: what systemd is told. Install systemd and python3 to test it.")
                .isZero();
        Path socket = home.resolve("notify");
        Path told = home.resolve("told");
        Process systemd = new ProcessBuilder("python3", "-c", DATAGRAMS, socket.toString())
                .redirectOutput(told.toFile())
                .start();
        try {
            await().until(() -> Files.exists(socket));
            try (LiveServer server = LiveServer.ofSystemd(home, archive.url(), socket)) {
                String ready = "READY=1|STATUS=listening on http://127.0.0.1:" + server.port();
                await().untilAsserted(() -> assertThat(told).content().contains(ready));
                assertThat(told).content().doesNotContain("STOPPING");
                assertThat(server.terminate()).isZero();
                await().untilAsserted(() -> assertThat(told).content().contains("STOPPING=1|STATUS=stopping"));
            }
        } finally {
            systemd.destroyForcibly().waitFor();
        }
    }

    @Test
    void it_says_in_a_line_each_what_it_works_with_and_what_it_was_asked_for() throws Exception {
        String database = "sqlite:///" + home.resolve("db.sqlite3");
        try (LiveServer server = LiveServer.opened(home, database, archive.url())) {
            server.awaitListening();
            assertThat(server.log().lines().map(line -> line.replaceFirst("^\\S+ INFO  \\S+ - ", "")))
                    .hasSize(10)
                    .satisfiesExactly(
                            line -> assertThat(line).matches("cartd \\S+ on Java [0-9.]+\\S* \\(.*\\), .* of memory"),
                            line -> assertThat(line).isEqualTo("configuration: " + home.resolve("config.ini")),
                            line -> assertThat(line).contains("WARN").contains("max_files is 1000000, but the heap of"),
                            line -> assertThat(line)
                                    .isEqualTo("opened http://127.0.0.1:" + server.port()
                                            + ", which answers 503 until all is ready"),
                            line -> assertThat(line).isEqualTo("database: SQLite " + home.resolve("db.sqlite3")),
                            line -> assertThat(line).isEqualTo("the database was empty: its tables are made now"),
                            line -> assertThat(line).isEqualTo("archive: " + archive.url()),
                            line -> assertThat(line)
                                    .matches(Pattern.quote(server.volume().toString())
                                            + " is marked as the volume of these carts: \\S+"),
                            line -> assertThat(line)
                                    .matches("volume: "
                                            + Pattern.quote(server.volume().toString()) + " \\(\\S+\\), .* of it free"),
                            line -> assertThat(line).isEqualTo("listening on http://127.0.0.1:" + server.port()));

            archive.slow(Duration.ofSeconds(1), 1 << 20);
            server.http().order("asked", Order.random(archive, 1, 2).json());
            server.http().order("gone", Order.random(archive, 2, 1).json());
            assertThat(server.http().delete("gone").status()).isEqualTo(200);
            assertThat(server.http().delete("nobody").status()).isEqualTo(404);
            await().untilAsserted(() -> assertThat(server.log())
                    .containsOnlyOnce("(asked) is asked for: 2 files")
                    .containsOnlyOnce("(gone) is asked for: 1 file\n")
                    .containsOnlyOnce("the carts of gone are deleted, as a client asked")
                    .doesNotContain("carts of nobody")
                    .doesNotContain("unfinished"));

            server.kill();
            server.startAgain();
            server.http().awaitReady("asked");
            assertThat(server.log()).containsOnlyOnce("1 unfinished cart goes on");

            assertThat(server.terminate()).isZero();
            server.startAgain();
            assertThat(server.log()).doesNotContain("unfinished", "tables are made");
        }
    }

    @Test
    void a_setting_that_means_nothing_to_cartd_is_told_by_a_server_only() throws Exception {
        String database = "sqlite:///" + home.resolve("db.sqlite3");
        String[] settings = {"celery.broker_url = amqp://h", "cartd.volume_paht = /x"};
        try (LiveServer server = LiveServer.opened(home, database, archive.url(), settings)) {
            server.awaitListening();
            assertThat(server.log())
                    .containsOnlyOnce("[celery] broker_url is ignored: cartd needs no broker")
                    .containsOnlyOnce("[cartd] volume_paht is not a key that cartd knows");
            assertThat(server.command("list").err())
                    .contains("[cartd] volume_paht is not a key that cartd knows")
                    .doesNotContain("broker_url");
        }
    }

    @Test
    void a_second_server_on_the_same_port_touches_nothing() throws Exception {
        String database = "sqlite:///" + home.resolve("db.sqlite3");
        try (LiveServer server = LiveServer.opened(home, database, archive.url())) {
            server.awaitListening();
            archive.slow(Duration.ofSeconds(5), 1 << 20);
            server.http().order("alone", Order.random(archive, 1, 2).json());
            long requests = archive.requests("GET");

            Program second = server.command("serve -p " + server.port());

            assertThat(second.exit()).isEqualTo(1);
            assertThat(second.err().lines().filter(line -> !line.contains(" INFO ")))
                    .containsExactly("cartd: cannot listen on 127.0.0.1:" + server.port() + ": Address already in use");
            assertThat(second.err()).doesNotContain("database:", "unfinished");
            assertThat(archive.requests("GET") - requests).isLessThanOrEqualTo(2);
            assertThat(server.http().head("alone").status()).isNotEqualTo(500);
        }
    }

    @Test
    void a_command_whose_database_goes_away_ends_soon_with_the_reason() throws Exception {
        try (PostgresServer postgres = PostgresServer.start()) {
            archive.put("file", new byte[3000]);
            Order order = new Order(archive).item("file", "a.dat", "sha256", Order.hash("SHA-256", new byte[1]));
            String once = "archiveinterface.retries = 1";
            try (LiveServer server = LiveServer.opened(home, postgres.url("postgres"), archive.url(), once)) {
                server.awaitListening();
                server.http().order("failed", order.json());
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> server.http().head("failed").status() == 500);
            }
            archive.slow(Duration.ofSeconds(3), 1 << 20);
            long before = archive.requests("GET");
            CompletableFuture<Program> fixit = CompletableFuture.supplyAsync(() -> {
                try {
                    return LiveServer.command(home, "fixit --failed");
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            await().atMost(Duration.ofSeconds(60)).until(() -> archive.requests("GET") > before);

            postgres.stop();

            Program ended = fixit.get(60, TimeUnit.SECONDS);
            assertThat(ended.exit()).isEqualTo(1);
            assertThat(ended.err().lines())
                    .singleElement()
                    .asString()
                    .startsWith("cartd: stopped; what was begun is done by the next server: the database (PostgreSQL ");
            postgres.again();
        }
    }

    /** The shell of README.md, but for the port, and for curl's patience. */
    @Test
    void the_first_steps_of_the_readme_lead_to_a_download() throws Exception {
        String readme = Files.readString(Path.of("../README.md"));
        List<String> blocks = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL)
                .matcher(readme.substring(readme.indexOf("## Run a server"), readme.indexOf("## Embed it")))
                .results()
                .map(block -> block.group(1))
                .toList();
        String serve = "cartd -c config.ini serve\n";
        assertThat(blocks.get(0)).endsWith(serve).doesNotContain("dbsync");
        String make = blocks.get(0).replace(serve, "");
        Program.run(Path.of("..").toRealPath(), "set -e; export HOME=" + home + "; " + make);

        Path there = home.resolve("cartd-try");
        Files.createDirectories(home.resolve("tmp"));
        Files.copy(there.resolve("config.ini"), home.resolve("config.ini"));
        try (LiveServer server = LiveServer.openedAsItIs(home)) {
            server.awaitListening();
            run(blocks.get(1), server);
            server.http().awaitReady("my_cart");
            for (String block : blocks.subList(2, blocks.size())) {
                run(block, server);
            }
            assertThat(server.http().head("my_cart").status()).isEqualTo(404);
        }
        assertThat(there.resolve("my_cart.tar")).isNotEmptyFile();
        assertThat(there.resolve("db.sqlite3")).exists();
    }

    private void run(String block, LiveServer server) throws Exception {
        String here = block.replace("127.0.0.1:8081", "127.0.0.1:" + server.port());
        Program.run(home, "set -e; export HOME=" + home + "; cd cartd-try\n" + here);
    }
}
