package dev.cartd.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The launcher's archive of classes: it is used, made where there is none, and never in the way. */
@Timeout(900)
class ArchiveOfClassesIT {
    private static final Path BUILT = Path.of("target/cartd").toAbsolutePath();
    private static final String SHOW = "JAVA_OPTS=-Xlog:class+load ";
    private static final String SHARED = "dev.cartd.cli.CartdCommand source: shared objects file";

    @TempDir
    private Path directory;

    private Path home;
    private Path archives;

    @BeforeEach
    void copyTheProgram() throws Exception {
        home = directory.resolve("opt");
        archives = home.resolve("archive");
        Program.run(directory, "cp -R " + BUILT + " opt && rm -rf opt/archive");
    }

    @Test
    void theBuildMakesOne() throws Exception {
        assertThat(Program.run(directory, SHOW + BUILT + "/bin/cartd --version"))
                .contains(SHARED);
    }

    @Test
    void aFirstStartMakesOneForTheNextAndABrokenOneIsLeftAside() throws Exception {
        String usual = quiet("--help");
        String twice = quiet("--version");
        assertThat(usual).startsWith("Usage: cartd");
        await().atMost(Duration.ofMinutes(10)).until(() -> made() && names().size() == 1);
        assertThat(Program.run(directory, SHOW + cartd("--version"))).contains(SHARED);
        assertThat(quiet("--help")).isEqualTo(usual);

        Path archive = archives.resolve(names().get(0));
        byte[] whole = Files.readAllBytes(archive);
        Path copy = directory.resolve("copy");
        for (byte[] broken : List.of(new byte[0], new byte[100_000], Arrays.copyOf(whole, 1 << 20))) {
            Files.write(copy, broken);
            Files.move(copy, archive, StandardCopyOption.REPLACE_EXISTING);
            assertThat(quiet("--version")).as("%s bytes", broken.length).isEqualTo(twice);
        }
        // The jars are others since: Java finds out, were the launcher wrong.
        Files.write(copy, whole);
        Files.move(copy, archive, StandardCopyOption.REPLACE_EXISTING);
        Path jar = home.resolve("lib").resolve(jar());
        Files.setLastModifiedTime(jar, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
        assertThat(quiet("--version")).isEqualTo(twice);
        Path moved = directory.resolve("moved");
        Files.move(home, moved);
        Files.createFile(directory.resolve("file"));
        assertThat(Program.shell(
                                directory,
                                "XDG_CACHE_HOME=" + directory + "/file JAVA_OPTS=-Xshare:off " + moved
                                        + "/bin/cartd --version")
                        .out())
                .isEqualTo(twice);
    }

    @Test
    void whereNoneCanBeMadeNothingIsSaid() throws Exception {
        Files.createFile(archives);
        Files.createFile(directory.resolve("file"));
        String nowhere = "XDG_CACHE_HOME=" + directory.resolve("file") + " ";
        Program program = Program.shell(directory, nowhere + cartd("--version"));
        assertThat(program.exit()).isZero();
        assertThat(program.err()).isEmpty();
        assertThat(program.out()).startsWith("cartd ");
        Program prepare = Program.shell(directory, nowhere + "opt/bin/cartd-prepare");
        assertThat(prepare.exit()).isEqualTo(1);
        assertThat(prepare.err().lines()).singleElement().asString().startsWith("cartd: no archive could be made in ");
    }

    private String quiet(String command) throws Exception {
        Program program = Program.shell(directory, cartd(command));
        assertThat(program.exit()).as(program.err()).isZero();
        assertThat(program.err()).isEmpty();
        return program.out();
    }

    private static String cartd(String command) {
        return "opt/bin/cartd " + command;
    }

    private boolean made() throws IOException {
        return Files.isDirectory(archives) && names().stream().anyMatch(name -> name.endsWith(".jsa"));
    }

    private List<String> names() throws IOException {
        return LiveServer.names(archives);
    }

    private String jar() throws IOException {
        return LiveServer.names(home.resolve("lib")).stream()
                .filter(name -> name.startsWith("picocli"))
                .findFirst()
                .orElseThrow();
    }
}
