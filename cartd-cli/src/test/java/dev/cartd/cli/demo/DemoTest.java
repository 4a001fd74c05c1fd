package dev.cartd.cli.demo;

import dev.cartd.cli.config.FailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DemoTest {
    /** The SHA-256 of no bytes. */
    private static final String EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @TempDir
    private Path directory;

    @Test
    void makesAnArchiveOfRealisticFiles() throws IOException {
        DemoFiles files = DemoFiles.scan(DemoFiles.make(directory.resolve("archive")), directory);
        assertThat(files.hashes()).hasSize(6).containsEntry("2026/run-0042/empty.lock", EMPTY);
        assertThat(files.hashes().keySet()).anyMatch(name -> name.contains("測")).anyMatch(name -> name.length() > 200);
        assertThat(files.bytes()).isGreaterThan(5_000_000);
        assertThat(files.skipped()).isEmpty();
    }

    @Test
    void leavesOutWhatCannotBeInACartAndWhatTheDemoMakes() throws IOException {
        Files.writeString(directory.resolve("good"), "");
        Files.writeString(directory.resolve("new\nline"), "");
        Files.createSymbolicLink(directory.resolve("link"), directory.resolve("good"));
        Files.writeString(Files.createDirectory(directory.resolve("own")).resolve("db"), "");
        DemoFiles files = DemoFiles.scan(directory, directory.resolve("own"));
        assertThat(files.hashes()).containsOnlyKeys("good");
        assertThat(files.skipped()).singleElement().asString().startsWith("new");
    }

    @Test
    void writesARequestThatIsJson() throws IOException {
        DemoFiles files = new DemoFiles(directory, Map.of("a \"b\"", EMPTY), 0, List.of());
        assertThat(files.writeRequest(directory.resolve("cart.json")))
                .hasContent("{\"fileids\":[{\"id\":\"a \\\"b\\\"\",\"path\":\"a \\\"b\\\"\",\"hashtype\":\"sha256\","
                        + "\"hashsum\":\"" + EMPTY + "\"}]}");
    }

    @Test
    void provesATar() throws IOException {
        DemoTar tar = DemoTar.extract(tar("demo/a", "demo/b/c"), "demo", directory.resolve("out"));
        assertThat(tar.verify(Map.of("a", EMPTY, "b/c", EMPTY))).isEqualTo(2);
        assertThat(directory.resolve("out/demo/b/c")).exists();
        assertThatThrownBy(() -> tar.verify(Map.of("a", EMPTY, "b/c", "00"))).hasMessage("the tar's b/c is wrong");
        assertThatThrownBy(() -> tar.verify(Map.of("a", EMPTY, "d", EMPTY))).hasMessage("the tar's d is missing");
        assertThatThrownBy(() -> tar.verify(Map.of("a", EMPTY))).hasMessage("the tar has files that nobody asked for");
    }

    @Test
    void extractsNothingOutsideItsDirectory() throws IOException {
        Path tar = tar("demo/../../evil");
        assertThatThrownBy(() -> DemoTar.extract(tar, "demo", directory.resolve("out")))
                .isInstanceOf(FailedException.class)
                .hasMessageContaining("outside");
        assertThat(directory.resolve("evil")).doesNotExist();
    }

    @Test
    void quotesForAShell() {
        assertThat(DemoClient.quoted("/tmp/a-b.json")).isEqualTo("/tmp/a-b.json");
        assertThat(DemoClient.quoted("/tmp/it's here")).isEqualTo("'/tmp/it'\\''s here'");
    }

    @Test
    void checksByAManifest() throws IOException {
        DemoTar tar = DemoTar.extract(tar("demo/a", "demo/b\\c"), "demo", directory.resolve("out"));
        String a = EMPTY + "  demo/a\n";
        assertThat(tar.check(a + "\\" + EMPTY + "  demo/b\\\\c\n")).isEqualTo(2);
        assertThatThrownBy(() -> tar.check(a)).hasMessage("the tar has files that nobody asked for");
        assertThatThrownBy(() -> tar.check(a + a.replace("demo/a", "demo/b"))).hasMessage("the tar's b is missing");
        assertThatThrownBy(() -> tar.check(EMPTY + "  a\n"))
                .hasMessage("the manifest has an odd line: " + EMPTY + "  a");
    }

    private Path tar(String... names) throws IOException {
        Path tar = directory.resolve("x.tar");
        try (TarArchiveOutputStream out = new TarArchiveOutputStream(Files.newOutputStream(tar))) {
            for (String name : names) {
                out.putArchiveEntry(new TarArchiveEntry(name));
                out.closeArchiveEntry();
            }
        }
        return tar;
    }
}
