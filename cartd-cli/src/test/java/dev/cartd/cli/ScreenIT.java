package dev.cartd.cli;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** What an operator sees in a real terminal: {@code script} makes one. */
class ScreenIT {
    private static final Path CARTD = Path.of("target/cartd/bin/cartd").toAbsolutePath();
    private static final String UID = "a-uid-that-is-rather-long-as-those-of-hashes-are";

    @TempDir
    private Path directory;

    @BeforeEach
    void makeACart() throws Exception {
        assumeThat(Program.shell(directory, "script -qec true /dev/null").exit())
                .as("script of util-linux is not here: what a terminal shows was not tested")
                .isZero();
        Program.run(directory, cartd("dbsync"));
        Program.run(
                directory,
                "python3 -c \"import sqlite3; c = sqlite3.connect('db.sqlite3'); c.execute(\\\"insert into cart (id,"
                        + " cart_uid, bundle_path, bundle, creation_date, updated_date, status, error) values (7, '"
                        + UID + "', '', 0, '2026-11-22 12:13:53', '2026-11-22 12:13:53', 'error',"
                        + " 'Failed to pull file run-0042/scan.csv: md5 is wrong')\\\"); c.commit()\"");
    }

    @Test
    void linesFitTheTerminal() throws Exception {
        for (int width : List.of(40, 80, 100)) {
            assertThat(onTerminal(width, "list").lines())
                    .hasSize(2)
                    .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(width));
        }
        assertThat(onTerminal(100, "status " + UID)).contains("a-uid", "…", "Failed to pull");
        assertThat(onTerminal(80, "list --wide")).contains(UID, "md5 is wrong");
        assertThat(onTerminal(200, "list")).contains(UID, "md5 is wrong");
    }

    @Test
    void topFitsTheTerminalAndGoesOnInAPipe() throws Exception {
        assertThat(onTerminal(60, "top --once").lines())
                .contains("FAILED: 1")
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(60));
        // The second frame is written two seconds after the first, until nobody reads any more.
        assertThat(Program.run(directory, cartd("top") + " | grep -m 2 FAILED")).isEqualTo("FAILED: 1\nFAILED: 1\n");
    }

    @Test
    void aPipeGetsAllOfIt() throws Exception {
        assertThat(onTerminal(60, "list | cat")).contains(UID, "md5 is wrong");
        assertThat(Program.run(directory, "COLUMNS=60 " + cartd("list"))).contains(UID, "md5 is wrong");
    }

    private String onTerminal(int width, String line) throws Exception {
        String inside = "stty cols " + width + "; " + cartd(line);
        return Program.run(directory, "script -qec \"" + inside + "\" /dev/null < /dev/null")
                .replace("\r", "");
    }

    private String cartd(String line) {
        return "HOME=" + directory + " PEEWEE_URL=sqlite:///db.sqlite3 VOLUME_PATH=volume " + CARTD + " " + line;
    }
}
