package dev.cartd.cli.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** docs/configuration.md has a row for every key, with its environment variable and default, and for no other. */
class ConfigurationDocumentTest {
    private static final Pattern ROW = Pattern.compile("\\| `(\\w+)` `(\\w+)` \\|.*");

    @Test
    void tellsEveryKey() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("../docs/configuration.md"));
        for (Key<?> key : Key.ALL) {
            String start = "| `" + key.section() + "` `" + key.name() + "` | " + code(key.environment()) + " | "
                    + code(key.fallback()) + " |";
            assertThat(lines).as(key.title()).anyMatch(line -> line.startsWith(start));
        }
        assertThat(lines).filteredOn(line -> ROW.matcher(line).matches()).hasSize(Key.ALL.size());
        for (String key : CherryPyFile.HONOURED) {
            assertThat(lines).as(key).anyMatch(line -> line.startsWith("| `" + key + "` |"));
        }
    }

    private static String code(String text) {
        return text.isEmpty() ? "" : "`" + text + "`";
    }
}
