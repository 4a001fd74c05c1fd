package dev.cartd.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import dev.cartd.cli.print.CartTable;
import dev.cartd.store.OriginalSample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Many carts, page by page, and what all commands answer to programs. */
class ListCommandTest {
    private static final String ODD = "a\u001b[31m\u202e日本\u0085\ud800";

    @TempDir
    private Path directory;

    private String out = "";
    private String err = "";

    @BeforeEach
    void makeADatabase() {
        assertThat(run("dbsync")).isZero();
    }

    @Test
    void tenThousandCartsAreListedPageByPage() throws SQLException {
        carts(10_000);
        assertThat(run("list")).isZero();
        assertThat(out.lines()).as("a pipe gets all").hasSize(10_001);
        assertThat(err).isEmpty();

        assertThat(run("list", "--limit", "3")).isZero();
        assertThat(numbers()).containsExactly("10000", "9999", "9998");
        assertThat(err.strip())
                .isEqualTo("there are more: --after 9998 shows those that come next, --limit 0 shows all");
        assertThat(run("list", "--limit=2", "--after=9998")).isZero();
        assertThat(numbers()).containsExactly("9997", "9996");
        assertThat(run("list", "--limit=2", "--after=3")).isZero();
        assertThat(numbers()).containsExactly("2", "1");
        assertThat(err).as("these were the last").isEmpty();
        assertThat(run("list", "--limit=0", "--after=600")).isZero();
        assertThat(numbers()).hasSize(599);
    }

    @Test
    void pagesOfFailedCartsHaveFailedCartsOnly() throws SQLException {
        carts(2000);
        execute("update cart set status = 'error' where id % 700 = 0");
        assertThat(run("list", "--failed", "--limit", "1")).isZero();
        assertThat(numbers()).containsExactly("1400");
        assertThat(run("list", "--failed", "--limit", "1", "--after", "1400", "--json"))
                .isZero();
        assertThat(out).contains("\"id\":700,").endsWith("\"next\":null}" + System.lineSeparator());
    }

    @Test
    void topShowsWhatIsInWorkAndWhatFailed() throws Exception {
        assertThat(run("top", "--once")).as("without a volume").isZero();
        assertThat(out.lines())
                .contains("nodes: none at work", "IN WORK: none")
                .anyMatch(line -> line.startsWith("the volume is away: "));
        Files.createDirectories(directory.resolve("volume"));
        assertThat(run("dbsync")).as("the volume is marked").isZero();
        carts(2000);
        execute("update cart set status = 'error', error = 'Failed: a\u001b[31mb' where id % 700 = 0");
        execute("update cart set status = 'ready' where id = 1");
        assertThat(run("top", "--once")).as(err).isZero();
        assertThat(out.lines())
                .contains(
                        "nodes: none at work",
                        "evicted next: cart-1 (0 bytes), cart-700 (0 bytes), cart-1400 (0 bytes)",
                        "IN WORK: the newest 12",
                        "FAILED: 2")
                .anyMatch(line -> line.startsWith("room: 0 bytes taken, 0 bytes reserved, "))
                .anyMatch(line -> line.startsWith("2000     waiting") && line.contains(" cart-2000 "))
                .anyMatch(line -> line.startsWith("1400     error") && line.endsWith(" Failed: a?[31mb"))
                .noneMatch(line -> line.startsWith("1988 "));
        assertThat(out).doesNotContain("\u001b");

        execute("delete from cart");
        assertThat(run("top", "--once")).isZero();
        assertThat(out.lines()).contains("IN WORK: none", "FAILED: none", "evicted next: none");
    }

    @Test
    void wrongPagesAreWrongUsage() {
        assertThat(run("list", "--limit", "-1")).isEqualTo(2);
        assertThat(err).contains("--limit -1 is less than 0");
        assertThat(run("list", "--after", "0")).isEqualTo(2);
        assertThat(err).contains("--after 0 is no cart's number");
        assertThat(run("list", "--after", "7", "--deleted")).isEqualTo(2);
        assertThat(err).contains("--after 7 goes by numbers, --deleted by time: use --limit");
    }

    @Test
    void listsForPrograms() throws SQLException {
        carts(3);
        execute("update cart set status = 'error', error = 'Failed: ü' where id = 2");
        String created = LocalDateTime.parse("2026-11-22T12:13:53.293497")
                .atZone(ZoneId.systemDefault())
                .toInstant()
                .toString();
        assertThat(run("list", "--json", "--limit", "2")).isZero();
        assertThat(out)
                .hasLineCount(1)
                .startsWith(
                        "{\"carts\":[{\"id\":3,\"uid\":\"cart-3\",\"status\":\"waiting\",\"bundle\":false,\"files\":0,"
                                + "\"files_staged\":0,\"bytes\":null,\"bytes_staged\":0,\"created\":\"" + created
                                + "\",\"last_use\":\"" + created
                                + "\",\"ready\":null,\"kept_until\":null,\"deleted\":null,\"reason\":\"\"")
                .contains("{\"id\":2,", "\"reason\":\"Failed: \\u00FC\"")
                .endsWith("}],\"next\":2}" + System.lineSeparator());
        assertThat(run("status", "cart-1", "none", "--json")).isEqualTo(1);
        assertThat(out).startsWith("{\"carts\":[{\"id\":1,").contains("}],\"missing\":[\"none\"]}");
        assertThat(err).contains("cartd: No cart with uid none found");
    }

    @Test
    void uidsOfOldRowsDoNothingToATerminalAndAreExactForPrograms() throws Exception {
        carts(1);
        execute("update cart set cart_uid = 'a' || char(27) || '[31m' || char(8238) || '日本' || char(133)");
        assertThat(run("list")).isZero();
        assertThat(out).contains(" a?[31m?日本?").doesNotContain("\u001b", "\u202e", "\u0085");
        assertThat(CartTable.line(ODD)).isEqualTo("a?[31m?日本?");
        assertThat(run("list", "--json")).isZero();
        assertThat(out).contains("\"uid\":\"a\\u001B[31m\\u202E\\u65E5\\u672C\\u0085\"");
    }

    @Test
    void everyCommandAnswersPrograms() throws Exception {
        Files.createDirectories(directory.resolve("volume"));
        assertThat(run("dbsync", "--json")).isZero();
        assertThat(answer()).startsWith("{\"did\":\"nothing\",\"from\":null,\"tables\":0,\"changes\":0}");
        assertThat(run("dbchk", "--json", "--equal")).isZero();
        assertThat(answer()).startsWith("{\"state\":\"equal\",\"usable\":true,\"equal\":true,\"reason\":\"\"}");
        carts(4);
        execute("update cart set status = 'error', updated_date = '2019-01-01 00:00:00'");
        assertThat(run("keep", "cart-1", "--for", "1d", "--json")).isZero();
        assertThat(answer()).startsWith("{\"id\":1,\"uid\":\"cart-1\",\"kept_until\":\"20");
        assertThat(run("keep", "cart-1", "--for", "0", "--json")).isZero();
        assertThat(answer()).startsWith("{\"id\":1,\"uid\":\"cart-1\",\"kept_until\":null}");
        assertThat(run("space", "--json")).isZero();
        assertThat(answer())
                .startsWith("{\"volume\":{\"path\":\"" + directory.resolve("volume") + "\",\"total\":")
                .contains("\"waiting\":[]", "\"next\":[{\"id\":", "\"staying\":[]", "\"pinned\":[]", "\"strays\":[]");
        assertThat(run("space", "--sweep", "--json")).isZero();
        assertThat(answer()).startsWith("{\"removed\":[]}");
        assertThat(run("space", "--free", "1 GB", "--json")).isEqualTo(1);
        assertThat(answer()).startsWith("{\"freed\":0,\"evicted\":[");
        assertThat(run("fixit", "--cartid", "none", "--json")).isEqualTo(1);
        assertThat(answer())
                .startsWith("{\"ready\":false,\"carts\":[{\"uid\":\"none\",\"id\":null,\"status\":null,"
                        + "\"reason\":\"No cart with uid none found\"}]}");
        assertThat(run("purge", "--json")).isZero();
        assertThat(answer()).startsWith("{\"deleted\":[").endsWith("],\"left\":0}" + System.lineSeparator());
        execute(
                "delete from databasechangelog where orderexecuted = (select max(orderexecuted) from databasechangelog)");
        assertThat(run("dbchk", "--json")).isEqualTo(1);
        assertThat(answer())
                .startsWith("{\"state\":\"outdated\",\"usable\":false,")
                .contains("run cartd dbsync");
    }

    @Test
    void syncSaysWhatItDid() throws Exception {
        assertThat(run("dbsync")).isZero();
        assertThat(out.strip()).isEqualTo("the database is up to date: nothing to do");
        Files.delete(directory.resolve("db.sqlite3"));
        assertThat(run("dbsync")).isZero();
        assertThat(out).matches("made [0-9]+ tables\\R");
        Files.delete(directory.resolve("db.sqlite3"));
        assertThat(run("dbsync", "--json")).isZero();
        assertThat(answer()).matches("\\{\"did\":\"made\",\"from\":null,\"tables\":[0-9]+,\"changes\":[0-9]+}\\R");

        Files.delete(directory.resolve("db.sqlite3"));
        OriginalSample.copy("1.0", directory.resolve("db.sqlite3"));
        assertThat(run("dbsync")).as(err).isZero();
        assertThat(out)
                .matches("upgraded the database of Pacifica Cartd 1\\.0 \\([0-9]+ changes\\): no row was lost\\R");
    }

    private List<String> numbers() {
        return out.lines().skip(1).map(line -> line.split(" ", 2)[0]).toList();
    }

    /** What was said, if it is one JSON value on one line. */
    private String answer() throws IOException {
        String said = out;
        assertThat(said).hasLineCount(1);
        try (JsonParser parser = new JsonFactory().createParser(said)) {
            parser.nextToken();
            parser.skipChildren();
            assertThat(parser.nextToken()).isNull();
        }
        return said;
    }

    private void carts(int many) throws SQLException {
        execute("with recursive n(i) as (select 1 union all select i + 1 from n where i < " + many + ")"
                + " insert into cart (id, cart_uid, bundle_path, bundle, creation_date, updated_date, status, error)"
                + " select i, 'cart-' || i, '', 0, '2026-11-22 12:13:53.293497', '2026-11-22 12:13:53.293497',"
                + " 'waiting', '' from n");
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("db.sqlite3"));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private int run(String... arguments) {
        Map<String, String> environment = Map.of(
                "HOME", directory.toString(),
                "PEEWEE_URL", "sqlite:///" + directory.resolve("db.sqlite3"),
                "VOLUME_PATH", directory.resolve("volume").toString());
        Program program = Program.here(environment, Duration.ZERO, arguments);
        out = program.out();
        err = program.err();
        return program.exit();
    }
}
