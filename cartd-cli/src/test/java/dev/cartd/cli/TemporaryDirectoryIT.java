package dev.cartd.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** A temporary directory that SQLite's library cannot be loaded from: one line says which, and what to do. */
class TemporaryDirectoryIT {
    private static final Path CARTD = Path.of("target/cartd/bin/cartd").toAbsolutePath();
    private static final String WAY_OUT = ", JAVA_OPTS=-Dorg.sqlite.tmpdir=DIR names another one";

    @TempDir
    private Path directory;

    /** A command that finds no database at all says that, and needs no SQLite. */
    @BeforeEach
    void makeTheDatabase() throws Exception {
        assertThat(cartd("", directory, "", "dbsync").exit()).isZero();
    }

    @Test
    void nothingCanBeRunFromIt() throws Exception {
        Optional<OwnMount> made = OwnMount.in(directory.resolve("noexec"), "noexec,size=20m");
        assumeThat(made)
                .as("no mounts of one's own here: noexec was not tested")
                .isPresent();
        try (OwnMount mount = made.orElseThrow()) {
            String entering = String.join(" ", mount.entering()) + " ";
            for (String command : new String[] {"dbsync", "list", "serve -p 0"}) {
                Program said = cartd(entering, mount.directory(), "", command);
                assertThat(said.exit()).isEqualTo(1);
                assertThat(said.err().lines().filter(line -> !line.contains(" INFO ")))
                        .containsExactly("cartd: SQLite cannot be loaded: the temporary directory " + mount.directory()
                                + " lets nothing be run from it (mounted noexec?)" + WAY_OUT);
            }
            String wayOut = "-Dorg.sqlite.tmpdir=" + Files.createDirectories(directory.resolve("good"));
            assertThat(cartd(entering, mount.directory(), wayOut, "dbsync").exit())
                    .isZero();
            try (Stream<Path> left = Files.list(mount.seenFromOutside())) {
                assertThat(left.filter(path -> path.toString().contains("probe")))
                        .isEmpty();
            }
        }
    }

    @Test
    void itIsFull() throws Exception {
        Optional<OwnMount> made = OwnMount.in(directory.resolve("full"), "size=64k");
        assumeThat(made)
                .as("no mounts of one's own here: a full one was not tested")
                .isPresent();
        try (OwnMount mount = made.orElseThrow()) {
            Program said = cartd(String.join(" ", mount.entering()) + " ", mount.directory(), "", "list");
            assertThat(said.exit()).isEqualTo(1);
            assertThat(said.err().strip())
                    .isEqualTo("cartd: SQLite cannot be loaded: the temporary directory " + mount.directory()
                            + " is full" + WAY_OUT);
        }
    }

    /** Newer Javas say something of their own first. */
    private static String cartdsOwn(String err) {
        return err.replace("WARNING: java.io.tmpdir directory does not exist", "")
                .strip();
    }

    @Test
    void itIsNotThere() throws Exception {
        Path missing = directory.resolve("missing");
        assertThat(cartdsOwn(cartd("", missing, "", "list").err()))
                .isEqualTo("cartd: SQLite cannot be loaded: the temporary directory " + missing + " is not there"
                        + WAY_OUT);
        assertThat(cartdsOwn(cartd("", missing, "", "demo --once").err()))
                .startsWith("cartd: the demo cannot write to the temporary directory " + missing
                        + "; JAVA_OPTS=-Djava.io.tmpdir=DIR names another one: no such file or directory: ")
                .hasLineCount(1);
    }

    private Program cartd(String entering, Path temporary, String options, String command) throws Exception {
        String line = "HOME=" + directory + " PEEWEE_URL=sqlite:///" + directory.resolve("db.sqlite3")
                + " VOLUME_PATH=" + directory.resolve("volume") + " JAVA_OPTS='-Djava.io.tmpdir=" + temporary + " "
                + options + "' " + entering + CARTD + " " + command;
        Program said = Program.shell(directory, line);
        assertThat(said.err()).doesNotContain("\tat ", " at java", "Exception", "Error");
        return said;
    }
}
