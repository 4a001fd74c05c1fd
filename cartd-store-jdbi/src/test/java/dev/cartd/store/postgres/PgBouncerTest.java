package dev.cartd.store.postgres;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartRequest;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.Scheduler;
import dev.cartd.store.Database;
import dev.cartd.store.EngineConfig;
import dev.cartd.store.PostgresFixture;
import dev.cartd.store.sql.Connections;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** A pooler between cartd and PostgreSQL, which gives a session of the server to each session of a client. */
class PgBouncerTest {
    private static final Path PROGRAM = Path.of("/usr/sbin/pgbouncer");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Path directory;
    private Process bouncer;
    private int port;
    private Postgres behind;

    @BeforeAll
    static void haveTheProgram() {
        boolean there = Files.isExecutable(PROGRAM);
        if (!there) {
            System.err.println(
                    "SKIPPED: PgBouncerTest, since there is no " + PROGRAM + " (Debian: apt install pgbouncer)");
        }
        assumeTrue(there, "there is no " + PROGRAM);
    }

    @BeforeEach
    void start() throws Exception {
        behind = PostgresFixture.place(PostgresFixture.empty());
        directory = Files.createTempDirectory("cartd-pgbouncer");
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        Files.writeString(directory.resolve("users"), "\"" + behind.user() + "\" \"" + behind.password() + "\"\n");
        Files.writeString(directory.resolve("ini"), """
                [databases]
                * = host=127.0.0.1 port=%s
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = plain
                auth_file = %s
                pool_mode = session
                """.formatted(
                behind.servers().substring(behind.servers().lastIndexOf(':') + 1), port, directory.resolve("users")));
        run();
    }

    private void run() throws Exception {
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            // It does not run as root.
            assertThat(new ProcessBuilder("chmod", "-R", "a+rX", directory.toString())
                            .start()
                            .waitFor())
                    .isZero();
            command.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
        }
        command.addAll(List.of(PROGRAM.toString(), directory.resolve("ini").toString()));
        bouncer = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        await().atMost(PATIENCE).until(this::listens);
    }

    @AfterEach
    void stop() throws InterruptedException {
        bouncer.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }

    private boolean listens() throws IOException {
        assertThat(bouncer.isAlive())
                .as(Files.readString(directory.resolve("log")))
                .isTrue();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void tablesAreMadeAndCartsWorkedOnThroughIt() throws Exception {
        try (Database database = open("")) {
            database.sync();
            assertThat(database.check()).isEqualTo(Database.Check.EQUAL);
            CartStore store = database.store();
            Cart cart = store.add(request("through"), 0);
            assertThat(store.live("through")).hasSize(1);

            Set<Long> ran = ConcurrentHashMap.newKeySet();
            try (Scheduler scheduler = database.scheduler(new EngineConfig(4, Duration.ofMillis(500)))) {
                scheduler.start(number -> {
                    ran.add(number);
                    return Optional.of(Duration.ofHours(1));
                });
                scheduler.wake(cart.id());
                await().atMost(PATIENCE).until(() -> ran.contains(cart.id()));
            }
            // More often than the driver waits before it prepares a statement on the server.
            for (int i = 0; i < 20; i++) {
                store.add(request("again-" + i), 0);
                assertThat(store.live("again-" + i)).hasSize(1);
            }
        }
    }

    @Test
    void theSettingsAreMadeAllTheSame() {
        try (Connections connections = PostgresFixture.connections(PostgresFixture.config(url("")))) {
            assertThat(setting(connections, "idle_in_transaction_session_timeout"))
                    .isEqualTo("15s");
            assertThat(setting(connections, "lock_timeout")).isEqualTo("20s");
            assertThat(setting(connections, "statement_timeout")).isEqualTo("1min");
            assertThat(setting(connections, "application_name")).isEqualTo(connections.node());
        }
    }

    @Test
    void aSchemaOfItsOwnIsUsed() {
        PostgresFixture.raw(PostgresFixture.config(direct()))
                .useHandle(handle -> handle.execute("create schema carts"));
        try (Database database = open("?currentSchema=carts")) {
            database.sync();
            database.store().add(request("there"), 0);
        }
        assertThat(PostgresFixture.rows(PostgresFixture.config(direct()), "select cart_uid from carts.cart"))
                .hasSize(1);
    }

    @Test
    void whenItIsRestartedWorkGoesOn() throws Exception {
        try (Database database = open("")) {
            database.sync();
            stop();
            assertThat(catchUnavailable(database.store())).contains("connection");
            run();
            await().atMost(PATIENCE)
                    .ignoreException(CartException.Unavailable.class)
                    .until(() -> database.store().add(request("later"), 0).id() > 0);
        }
    }

    private static String catchUnavailable(CartStore store) {
        try {
            store.add(request("lost"), 0);
            return "it was stored";
        } catch (CartException.Unavailable e) {
            return e.getMessage();
        }
    }

    private static String setting(Connections connections, String name) {
        return connections.write(
                handle -> handle.select("show " + name).mapTo(String.class).one());
    }

    private String url(String parameters) {
        return "postgresql://" + behind.user() + ":" + behind.password() + "@127.0.0.1:" + port + "/" + behind.name()
                + parameters;
    }

    private String direct() {
        return "postgresql://" + behind.user() + ":" + behind.password() + "@" + behind.servers() + "/" + behind.name();
    }

    private Database open(String parameters) {
        return Database.open(PostgresFixture.config(url(parameters)), InstantSource.system());
    }

    private static CartRequest request(String uid) {
        return new CartRequest(uid, false, List.of(CartRequest.Item.of("id", "path", "md5", "")));
    }
}
