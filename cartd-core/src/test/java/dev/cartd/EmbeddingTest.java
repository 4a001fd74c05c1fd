package dev.cartd;

import dev.cartd.bundle.Bundle;
import dev.cartd.cart.CartRequest;
import dev.cartd.local.DirectoryArchive;
import dev.cartd.spi.Archive;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The example of README.md: it compiles, it works, and it is what README.md shows. */
class EmbeddingTest {
    private static final Path README = Path.of("../README.md");
    private static final Path SOURCE = Path.of("src/test/java/dev/cartd/EmbeddingTest.java");
    private static final String BEGIN = "        // The example begins.\n";
    private static final Pattern IMPORT = Pattern.compile("(?m)^import [\\w.]+\\.(\\w+);$");
    private static final String END = "        // The example ends.\n";

    @TempDir
    Path directory;

    @Test
    void makesATarOfAFileOfADirectory() throws Exception {
        byte[] content = "time,counts\n0,17\n".getBytes(StandardCharsets.UTF_8);
        Path archive = directory.resolve("archive");
        Files.createDirectories(archive.resolve("2026/run-0042"));
        Files.write(archive.resolve("2026/run-0042/scan.csv"), content);
        Path tar = directory.resolve("my_cart.tar");

        download(archive, directory.resolve("volume"), sha256(content), tar);

        try (TarFile found = new TarFile(tar)) {
            TarArchiveEntry last = found.getEntries().get(found.getEntries().size() - 1);
            assertThat(last.getName()).isEqualTo("my_cart/run-0042/scan.csv");
            assertThat(found.getInputStream(last)).hasBinaryContent(content);
        }
    }

    @Test
    void isWhatTheReadmeShows() throws IOException {
        String source = Files.readString(SOURCE).replace("\r\n", "\n");
        String example = between(source, BEGIN, END)
                .lines()
                .map(line -> line.isEmpty() ? line : line.substring(8))
                .collect(Collectors.joining("\n", "", "\n"));
        String readme = Files.readString(README).replace("\r\n", "\n");
        String shown = between(readme, "```java\n", "```\n");
        int code = shown.indexOf("\n\n") + 2;
        assertThat(shown.substring(code)).isEqualTo(example);
        assertThat(shown.substring(0, code - 1)).isEqualTo(imports(source, example));
    }

    private static void download(Path archiveDirectory, Path volume, String hash, Path tar)
            throws IOException, InterruptedException {
        // The example begins.
        Archive archive = new DirectoryArchive(archiveDirectory);
        try (Cartd cartd = Cartd.builder(archive, volume).start()) {
            var file = CartRequest.Item.of("2026/run-0042/scan.csv", "run-0042/scan.csv", "sha256", hash);
            cartd.submit(new CartRequest("my_cart", false, List.of(file)));
            cartd.await("my_cart", Duration.ofHours(1));
            Bundle bundle = cartd.open("my_cart", "my_cart.tar"); // fails with the reason if the cart did
            try (InputStream bytes = Channels.newInputStream(bundle.open(0, bundle.length()))) {
                Files.copy(bytes, tar);
            }
        }
        // The example ends.
    }

    /** What the example needs of what this class imports, and the one that is in the package of this class. */
    private static String imports(String source, String example) {
        String needed = IMPORT.matcher(source)
                .results()
                .filter(line -> Pattern.compile("\\b" + line.group(1) + "\\b")
                        .matcher(example)
                        .find())
                .map(line -> line.group() + "\n")
                .collect(Collectors.joining());
        return "import " + Cartd.class.getName() + ";\n" + needed;
    }

    /** The lines between the first that is {@code begin} and the next that is {@code end}. */
    private static String between(String text, String begin, String end) {
        int from = text.indexOf("\n" + begin) + 1 + begin.length();
        int to = text.indexOf("\n" + end, from) + 1;
        assertThat(from).as(begin).isGreaterThan(begin.length());
        assertThat(to).as(end).isGreaterThan(from);
        return text.substring(from, to);
    }

    private static String sha256(byte[] content) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }
}
