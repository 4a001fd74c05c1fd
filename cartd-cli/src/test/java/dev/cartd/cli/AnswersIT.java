package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.cartd.Waiting.await;
import static java.net.http.HttpRequest.BodyPublishers.noBody;
import static org.assertj.core.api.Assertions.assertThat;

/** What is answered to each method, for a cart in each state. */
class AnswersIT {
    private static final ArchiveInterface ARCHIVE = new ArchiveInterface();
    private static final String NOT_READY = "The cart is not ready for download.";

    private static LiveServer server;
    private static Http http;
    private static Order some;

    @BeforeAll
    static void start(@TempDir Path home) throws Exception {
        server = LiveServer.start(home, ARCHIVE.url(), "engine.parallel_carts = 1", "archiveinterface.retries = 2");
        http = server.http();
        some = Order.random(ARCHIVE, 1, 3);
        http.order("ready", some.json());
        http.order("bundle", some.json(true));
        http.awaitReady("ready");
        http.awaitReady("bundle");
    }

    @AfterAll
    static void stop() throws Exception {
        try (ARCHIVE) {
            server.endUnharmed();
        }
    }

    @Test
    void the_root_says_that_it_is_up() throws Exception {
        Reply reply = http.get("");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text()).isEqualTo("{\"message\": \"Pacifica Cartd Interface Up and Running\"}");
        assertThat(reply.header("content-type")).startsWith("application/json");
        assertThat(http.head("").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "-/carts/ready, application/json",
        "-/carts/ready/files, application/json",
        "-/carts/bundle/manifest, text/plain",
        "-/carts/bundle/metalink, application/metalink4+xml",
        "-/carts/bundle/events, text/event-stream",
        "-/openapi.json, application/json"
    })
    void the_server_has_paths_of_its_own(String path, String type) throws Exception {
        Reply reply = http.get(path);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("content-type")).startsWith(type);
        assertThat(reply.text()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "PUT, ready, 'DELETE, GET, HEAD, POST'",
        "PATCH, ready, 'DELETE, GET, HEAD, POST'",
        "OPTIONS, ready, 'DELETE, GET, HEAD, POST'",
        "BREW, unknown, 'DELETE, GET, HEAD, POST'",
        "POST, '', 'GET, HEAD'",
        "DELETE, '', 'GET, HEAD'",
        "PUT, '', 'GET, HEAD'"
    })
    void another_method_is_not_allowed(String method, String path, String allow) throws Exception {
        Reply reply = http.ask(method, path, noBody());
        reply.assertError(405, "");
        assertThat(reply.header("allow")).isEqualTo(allow);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ready", "ready/", "/ready/", "%72eady"})
    void a_uid_may_be_written_otherwise(String path) throws Exception {
        assertThat(http.head(path).pacifica()).isEqualTo("204 ready");
        assertThat(http.get(path).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ready/b", "a/b", "a/b/c", "-/nothing"})
    void a_deeper_path_is_not_found(String path) throws Exception {
        http.get(path).assertError(404, "");
        http.delete(path).assertError(404, "");
        http.post(path, some.json()).assertError(404, "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"unknown", "..%2Fx", "%2e%2e", "a%20b", "%00", "%ff", "%C3%BC", "x;y=z", "a%25b"})
    void an_unknown_cart_is_not_found_whatever_its_uid(String uid) throws Exception {
        assertThat(http.head(uid).pacifica())
                .startsWith("404 error No cart with uid ")
                .endsWith(" found");
        http.get(uid).assertError(404, "The cart does not exist or has already been deleted");
        http.delete(uid).assertError(404, "\"message\": \"Not Found\"");
    }

    @Test
    void a_cart_that_no_worker_has_yet_is_waiting_and_then_staging() throws Exception {
        Order first = Order.random(ARCHIVE, 2, 2);
        Order second = Order.random(ARCHIVE, 3, 2);
        ARCHIVE.pause();
        try {
            http.order("staging", first.json());
            http.awaitAnswer("staging", "204 staging");
            http.order("waiting", second.json(true));
            // One cart at a time is worked on, and that one gets no answer from the archive.
            assertThat(http.head("waiting").pacifica()).isEqualTo("202 waiting");
            for (String uid : new String[] {"staging", "waiting"}) {
                Reply reply = http.get(uid);
                assertThat(reply.status()).isEqualTo(202);
                assertThat(reply.text()).isEqualTo(NOT_READY);
            }
        } finally {
            ARCHIVE.resume();
        }
        http.awaitReady("staging");
        http.awaitReady("waiting");
    }

    @Test
    void every_state_on_the_way_is_one_that_the_contract_knows() throws Exception {
        Order order = new Order(ARCHIVE).file("large.dat", new byte[48 << 20]).file("small.dat", new byte[1]);
        http.order("states", order.json(true));
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> {
                    String answer = http.head("states").pacifica();
                    assertThat(answer).isIn("202 waiting", "204 staging", "202 bundling", "204 ready");
                    return answer.equals("204 ready");
                });
        http.delete("states");
    }

    @Test
    void a_ready_cart_is_downloaded() throws Exception {
        Reply reply = http.get("ready?filename=my_cart.tar&filename=other.tar");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("content-type")).isEqualTo("application/octet-stream");
        assertThat(reply.header("content-disposition")).isEqualTo("attachment; filename=\"my_cart.tar\"");
        assertThat(reply.header("content-length")).isEqualTo(String.valueOf(reply.body().length));
        assertThat(reply.header("accept-ranges")).isEqualTo("bytes");
        assertThat(reply.header("etag")).matches("\"[!-~]+\"");
        assertThat(reply.headers()).containsKey("last-modified").doesNotContainKey("content-encoding");
        Contents.assertSame(Contents.ofTar(reply.body()), "my_cart", some.files());
    }

    @Test
    void a_cart_without_a_filename_is_named_by_the_moment_it_became_ready() throws Exception {
        String name = http.get("ready").header("content-disposition");
        assertThat(name).matches("attachment; filename=\"data(_\\d\\d(\\d\\d)?){6}\\.tar\"");
        assertThat(http.get("ready?filename=").header("content-disposition")).isEqualTo(name);
        Contents.assertSame(Contents.ofTar(http.get("bundle").body()), "bundle", some.files());
    }

    @ParameterizedTest
    @CsvSource({
        "data, data, data",
        "my.tar, my.tar, my",
        "my.tar.tar, my.tar.tar, my.tar",
        ".tar, data.tar, data",
        "..tar, data.tar, data",
        "...tar, data.tar, data",
        "a%20b.tar, a b.tar, a b"
    })
    void the_top_directory_follows_from_the_filename(String filename, String told, String top) throws Exception {
        Reply streamed = http.get("ready?filename=" + filename);
        assertThat(streamed.header("content-disposition")).isEqualTo("attachment; filename=\"" + told + "\"");
        Contents.assertSame(Contents.ofTar(streamed.body()), top, some.files());
        Reply bundled = http.get("bundle?filename=" + filename);
        assertThat(bundled.header("content-disposition")).isEqualTo("attachment; filename=\"" + told + "\"");
        Contents.assertSame(Contents.ofTar(bundled.body()), "bundle", some.files());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a%2F..%2F..%2Fb.tar", "..%5C..%5Cx", "q%22%3B%20x%3D%22y", "n%0D%0ASet-Cookie:%20a=b", "%00x"})
    void a_hostile_filename_reaches_neither_header_nor_member(String filename) throws Exception {
        Reply reply = http.get("ready?filename=" + filename);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.headers()).doesNotContainKey("set-cookie");
        String name = reply.header("content-disposition").replaceAll("^attachment; filename=\"([^\"]*)\".*", "$1");
        assertThat(name).matches("[^/\\\\\"\\p{Cntrl}]+");
        assertThat(Contents.ofTar(reply.body()).keySet())
                .hasSize(some.files().size())
                .allMatch(path -> path.matches("[^/\\\\\"\\p{Cntrl}]+/dir\\d/file\\d\\.dat"));
    }

    @Test
    void a_filename_beyond_ascii_is_told_in_both_ways() throws Exception {
        Reply reply = http.get("ready?filename=%C3%BCber%20%E6%97%A5.tar");
        assertThat(reply.header("content-disposition"))
                .startsWith("attachment; filename=\"")
                .contains("filename*=UTF-8''%C3%BCber%20%E6%97%A5.tar");
        Contents.assertSame(Contents.ofTar(reply.body()), "über 日", some.files());
    }

    @Test
    void while_the_database_is_gone_clients_are_told_to_ask_again() throws Exception {
        http.order("database", some.json());
        http.awaitReady("database");
        sql("ALTER TABLE cart RENAME TO away");
        try {
            Reply reply = http.head("database");
            assertThat(reply.pacifica()).startsWith("503 staging ");
            assertThat(reply.header("x-pacifica-message")).isNotEmpty();
            http.get("database").assertError(503, "");
            http.post("database-2", some.json()).assertError(503, "");
            http.delete("database").assertError(503, "");
        } finally {
            sql("ALTER TABLE away RENAME TO cart");
        }
        assertThat(http.head("database").pacifica()).isEqualTo("204 ready");
        assertThat(http.get("").status()).isEqualTo(200);
    }

    @Test
    void delete_answers_200_once_and_404_then() throws Exception {
        http.order("deleted", some.json());
        http.awaitReady("deleted");
        Reply reply = http.delete("deleted");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text()).isEqualTo("{\"message\": \"Cart Deleted Successfully\"}");
        http.delete("deleted").assertError(404, "\"message\": \"Not Found\"");
        assertThat(http.head("deleted").pacifica()).isEqualTo("404 error No cart with uid deleted found");
        http.get("deleted").assertError(404, "The cart does not exist or has already been deleted");
    }

    @Test
    void error_pages_say_which_version_answered() throws Exception {
        assertThat(http.get("unknown").text())
                .matches(
                        "\\{\"status\": \"404 Not Found\", \"message\": \"[^\"]+\", \"traceback\": \"\", \"version\": \"[^\"]+\"}");
    }

    private static void sql(String statement) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:sqlite:" + server.home().resolve("db.sqlite3"));
                Statement sql = connection.createStatement()) {
            sql.execute("PRAGMA busy_timeout = 10000");
            sql.execute("PRAGMA legacy_alter_table = ON");
            sql.execute(statement);
        }
    }
}
