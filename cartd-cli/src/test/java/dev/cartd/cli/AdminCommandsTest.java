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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The operator's commands, on rows as Pacifica Cartd leaves them. */
class AdminCommandsTest {
    private static final String REASON =
            "Failed to pull file(Failed to pull with error: File hash does not match provided hash)";

    @TempDir
    private Path directory;

    private final Map<String, String> environment = new HashMap<>();
    private String out = "";
    private String err = "";

    @BeforeEach
    void makeADatabase() throws IOException {
        Files.createDirectory(directory.resolve("volume"));
        environment.put("HOME", directory.toString());
        environment.put("PEEWEE_URL", "sqlite:///" + directory.resolve("db.sqlite3"));
        environment.put("VOLUME_PATH", directory.resolve("volume").toString());
        assertThat(run("dbsync")).isZero();
    }

    @Test
    void dumpsNothingAsAnEmptyList() {
        assertThat(run("dump")).isZero();
        assertThat(out).isEqualTo("[]\n\n");
        assertThat(run("dump", "--json")).isZero();
        assertThat(out).isEqualTo("[]\n");
    }

    @Test
    void dumpsAsTheOriginalDoes() throws SQLException {
        original();
        assertThat(run("dump")).isZero();
        assertThat(out).isEqualTo("""
                - bundle: None
                  bundle_path: ''
                  cart_uid: old-waiting
                  creation_date: '2026-11-22 12:13:53.293497'
                  deleted_date: None
                  error: ''
                  id: '5'
                  status: waiting
                  updated_date: '2026-11-22 12:13:53.293498'
                - bundle: 'True'
                  bundle_path: ''
                  cart_uid: old-error
                  creation_date: '2019-02-01 00:00:00'
                  deleted_date: None
                  error: 'Failed to pull file(Failed to pull with error: File hash does not match
                    provided hash)'
                  files:
                  - bundle_path: 1/2/3/foo.txt
                    cart: '2'
                    error: 'Failed to pull with error: File hash does not match provided hash'
                    file_name: foo.txt
                    hash_type: md5
                    hash_value: bad
                    id: '3'
                    status: error
                  - bundle_path: x/y
                    cart: '2'
                    error: ''
                    file_name: '1234'
                    hash_type: sha256
                    hash_value: '00'
                    id: '4'
                    status: waiting
                  id: '2'
                  status: error
                  updated_date: '2019-02-01 00:00:01'

                """);
    }

    @Test
    void dumpsAsTheOriginalDoesInJson() throws SQLException {
        original();
        execute("update cart set cart_uid = 'ü \"' || char(10) || '\\' where id = 5");
        assertThat(run("dump", "--json")).isZero();
        assertThat(out)
                .isEqualTo("[{\"id\": \"5\", \"cart_uid\": \"\\u00fc \\\"\\n\\\\\", \"bundle_path\": \"\","
                        + " \"bundle\": \"None\", \"creation_date\": \"2026-11-22 12:13:53.293497\","
                        + " \"updated_date\": \"2026-11-22 12:13:53.293498\", \"deleted_date\": \"None\","
                        + " \"status\": \"waiting\", \"error\": \"\"}, {\"id\": \"2\", \"cart_uid\": \"old-error\","
                        + " \"bundle_path\": \"\", \"bundle\": \"True\", \"creation_date\": \"2019-02-01 00:00:00\","
                        + " \"updated_date\": \"2019-02-01 00:00:01\", \"deleted_date\": \"None\","
                        + " \"status\": \"error\", \"error\": \"" + REASON + "\", \"files\": ["
                        + "{\"id\": \"3\", \"cart\": \"2\", \"file_name\": \"foo.txt\","
                        + " \"bundle_path\": \"1/2/3/foo.txt\", \"hash_type\": \"md5\", \"hash_value\": \"bad\","
                        + " \"status\": \"error\","
                        + " \"error\": \"Failed to pull with error: File hash does not match provided hash\"}, "
                        + "{\"id\": \"4\", \"cart\": \"2\", \"file_name\": \"1234\", \"bundle_path\": \"x/y\","
                        + " \"hash_type\": \"sha256\", \"hash_value\": \"00\", \"status\": \"waiting\","
                        + " \"error\": \"\"}]}]\n");
    }

    @Test
    void listsCarts() throws SQLException {
        original();
        execute("update cart set cart_uid = 'a b' || char(27) || '[0m' where id = 5");
        assertThat(run("list")).isZero();
        assertThat(out.lines()).hasSize(3).first().asString().startsWith("ID       STATE");
        assertThat(out.lines().skip(1).findFirst().orElseThrow().split(" +"))
                .startsWith("5", "waiting", "0/0", "0/?")
                .containsSequence("2026-11-22T12:13:53", "a?b?[0m", "No", "worker");
        assertThat(run("list", "--failed")).isZero();
        assertThat(out.lines()).hasSize(2).last().asString().startsWith("2 ").endsWith(REASON);
    }

    @Test
    void showsCartsAndSaysWhichAreNone() throws SQLException {
        original();
        assertThat(run("status", "old-error")).isZero();
        assertThat(out.lines()).hasSize(2).last().asString().contains(" error ", " 0/2 ");
        assertThat(run("status", "old-waiting", "none")).isEqualTo(1);
        assertThat(out.lines()).hasSize(2);
        assertThat(err).isEqualTo("cartd: No cart with uid none found" + System.lineSeparator());
        assertThat(run("status")).isEqualTo(2);
    }

    @Test
    void purgesWhatWasNotUsedForLongAndTellsAsTheOriginalDoes() throws Exception {
        original();
        Path volume = Files.createDirectories(directory.resolve("volume/2/old-error"));
        assertThat(run("purge", "--time-ago", "99999 days ago")).isZero();
        assertThat(out).isEmpty();
        assertThat(run("purge")).as(err).isZero();
        assertThat(out.lines())
                .containsExactly(
                        "deleting:{'id': '2', 'cart_uid': 'old-error', 'bundle_path': '', 'bundle': 'True',"
                                + " 'creation_date': '2019-02-01 00:00:00', 'updated_date': '2019-02-01 00:00:01',"
                                + " 'deleted_date': 'None', 'status': 'error', 'error': '" + REASON + "'}",
                        "Cart Deleted Successfully");
        assertThat(volume.getParent()).doesNotExist();
        assertThat(run("status", "old-error")).isEqualTo(1);
    }

    @Test
    void purgesNothingThatIsInWork() throws SQLException {
        original();
        execute("update cart set status = 'staging', updated_date = '2019-01-01 00:00:00' where status = 'error'");
        assertThat(run("purge", "--time-ago=-1 days ago")).isZero();
        assertThat(out).isEmpty();
        assertThat(run("status", "old-error", "old-waiting")).isZero();
    }

    @Test
    void refusesATimeThatIsNone() {
        for (String time : new String[] {"x", "7 days", "7 days from", "7 fortnights ago", "1 day ago"}) {
            assertThat(run("purge", "--time-ago", time)).isEqualTo(2);
            assertThat(err).contains("'" + time + "' is no time");
        }
    }

    @Test
    void fixesNothingOrSaysWhatItCannot() throws SQLException {
        assertThat(run("fixit")).isZero();
        assertThat(run("fixit", "--cartid")).isEqualTo(2);
        assertThat(run("fixit", "--cartid", "nosuch")).isEqualTo(1);
        assertThat(err).contains("cartd: nosuch: No cart with uid nosuch found");
        original();
        assertThat(run("fixit", "--cartid", "old-error")).isEqualTo(1);
        assertThat(err.lines())
                .containsExactly(
                        "Total Carts: 1/1",
                        "cartd: old-error: Failed to pull file 1/2/3/foo.txt: bad cannot be a md5, which has 32 hex digits");
    }

    @Test
    void refusesADatabaseThatWasNotSynced() throws IOException {
        Files.delete(directory.resolve("db.sqlite3"));
        for (String command : new String[] {
            "dump", "list", "list --deleted", "status x", "purge", "fixit --failed", "space", "keep x --for 1d"
        }) {
            assertThat(run(command.split(" "))).isEqualTo(1);
            assertThat(err)
                    .isEqualTo("cartd: the database (SQLite " + directory.resolve("db.sqlite3")
                            + ") is empty: run cartd dbsync" + System.lineSeparator());
        }
    }

    @Test
    void listsWhatIsGoneAndWhy() throws SQLException {
        original();
        execute("update cart set status = 'deleted', deleted_date = '2026-11-23 01:02:03', updated_date ="
                + " '2026-11-23 01:02:03', error = 'evicted: cart 9 (next) needs 12 GB' where id = 5");
        assertThat(run("list", "--deleted")).isZero();
        assertThat(out.lines()).hasSize(3).first().asString().contains(" DELETED ");
        assertThat(out.lines().toList().get(1).split(" +", 8))
                .startsWith("5", "deleted")
                .endsWith("2026-11-23T01:02:03", "old-waiting", "evicted: cart 9 (next) needs 12 GB");
        assertThat(out.lines().toList().get(2)).startsWith("3 ").endsWith(" deleted");
        assertThat(run("list", "--deleted", "--failed")).isEqualTo(2);
    }

    @Test
    void keepsACartAndShowsIt() throws SQLException {
        original();
        assertThat(run("keep", "old-error", "--for", "7d")).as(err).isZero();
        assertThat(out).matches("cart 2 \\(old-error\\) is kept until [-0-9]{10}T[:0-9]{8}\\R");
        String until = out.strip().replaceAll(".* ", "");
        assertThat(run("status", "old-error")).isZero();
        assertThat(out.strip()).endsWith(REASON + "; kept until " + until);
        assertThat(run("purge")).isZero();
        assertThat(run("status", "old-error")).isZero();

        assertThat(run("keep", "old-error", "--for=0")).isZero();
        assertThat(out.strip()).isEqualTo("cart 2 (old-error) is not kept any more");
        assertThat(run("status", "old-error")).isZero();
        assertThat(out.strip()).endsWith(REASON);
    }

    @Test
    void keepsNothingThatIsNotThereOrForNoTime() {
        assertThat(run("keep", "nosuch", "--for", "1 week")).isEqualTo(1);
        assertThat(err).isEqualTo("cartd: No cart with uid nosuch found" + System.lineSeparator());
        assertThat(run("keep", "x")).isEqualTo(2);
        assertThat(run("keep", "x", "--for", "-1")).isEqualTo(2);
        assertThat(run("keep", "x", "--for", "soon")).isEqualTo(2);
        assertThat(err).contains("'soon' cannot be: allowed is a time such as ");
    }

    @Test
    void showsTheRoomAndMakesSome() throws Exception {
        original();
        execute("update cart set held = 7000 where id = 2");
        assertThat(run("space")).as(err).isZero();
        assertThat(out)
                .startsWith("VOLUME " + directory.resolve("volume"))
                .contains("7.0 kB of it are taken: 1 cart", "EVICTED NEXT, IN THIS ORDER: 7.0 kB in all")
                .containsPattern("\n2 +7.0 kB 2019-02-01T00:00:01 old-error");

        assertThat(run("space", "--free", "500 GB")).isEqualTo(1);
        assertThat(out.lines())
                .containsExactly(
                        "evicted cart 2 (old-error): 7.0 kB, last used 2019-02-01T00:00:01", "evicted 7.0 kB in all");
        assertThat(err)
                .contains("cartd: only 7.0 kB of 500 GB could be evicted; cartd space says why the rest has to stay");
        assertThat(run("space", "--all")).isZero();
        assertThat(out).contains("0 bytes of it are taken: 0 carts", "evicted: an operator wants 500 GB free");
    }

    @Test
    void refusesASizeThatIsNone() {
        for (String size : new String[] {"x", "0", "-1", "1 PB", "500 gb"}) {
            assertThat(run("space", "--free", size)).isEqualTo(2);
            assertThat(err).contains("'" + size + "' cannot be: allowed is a size such as 4 Mb");
        }
    }

    @Test
    void whoChangesCartsIsInTheAuditFile() throws Exception {
        original();
        execute("update cart set status = 'error' where id = 5");
        Path audit = directory.resolve("audit.log");
        Path config = Files.writeString(directory.resolve("config.ini"), "[log]\naudit_file = " + audit + "\n");
        environment.put("SUDO_USER", "alice\u001b[31m");
        assertThat(run("keep", "old-waiting", "--for", "7d", "-c", config.toString()))
                .isZero();
        assertThat(run("purge", "-c", config.toString())).as(err).isZero();
        assertThat(err).isEmpty();

        String who = " [" + System.getProperty("user.name") + " for alice\\u001b[31m, cartd ";
        assertThat(Files.readAllLines(audit))
                .hasSize(2)
                .allMatch(line -> line.matches("20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ \\[.*"))
                .satisfies(lines -> {
                    assertThat(lines.get(0)).contains(who + "keep] cart 5 (old-waiting) is kept until ");
                    assertThat(lines.get(1)).endsWith(who + "purge] cart 2 (old-error) is purged");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"list", "status old-waiting", "dump", "dbchk", "dbsync"})
    void whoOnlyLooksMakesNoAuditFile(String line) throws Exception {
        original();
        Path audit = directory.resolve("audit.log");
        Path config = Files.writeString(directory.resolve("config.ini"), "[log]\naudit_file = " + audit + "\n");
        assertThat(run((line + " -c " + config).split(" "))).as(err).isZero();
        assertThat(audit).doesNotExist();
    }

    private void original() throws SQLException {
        execute(
                "insert into cart (id, cart_uid, bundle_path, bundle, creation_date, updated_date, deleted_date, status,"
                        + " error) values (2, 'old-error', '', 1, '2019-02-01 00:00:00', '2019-02-01 00:00:01', null, 'error', '"
                        + REASON + "'), (3, 'old-deleted', '', 1, '2018-12-31 23:59:59.999999', '2019-01-01 00:00:00',"
                        + " '2019-01-02 03:04:05.678901', 'deleted', ''), (5, 'old-waiting', '', null,"
                        + " '2026-11-22 12:13:53.293497', '2026-11-22 12:13:53.293498', null, 'waiting', '')");
        execute("insert into file (id, cart_id, file_name, bundle_path, hash_type, hash_value, status, error) values"
                + " (3, 2, 'foo.txt', '1/2/3/foo.txt', 'md5', 'bad', 'error',"
                + " 'Failed to pull with error: File hash does not match provided hash'),"
                + " (4, 2, '1234', 'x/y', 'sha256', '00', 'waiting', '')");
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("db.sqlite3"));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private int run(String... arguments) {
        Program program = Program.here(environment, Duration.ZERO, arguments);
        out = program.out();
        err = program.err();
        return program.exit();
    }
}
