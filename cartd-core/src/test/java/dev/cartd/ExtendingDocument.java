package dev.cartd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

/** The Java of docs/extending.md, and the tests of this package that it is taken from. */
final class ExtendingDocument {
    private static final Path PLACE = Path.of("../docs/extending.md");
    private static final Path SOURCES = Path.of("src/test/java/dev/cartd");
    private static final Pattern PIECE = Pattern.compile("(?s)```java\n(.*?)```\n");
    private static final String BEGIN = "        // The example begins.\n";
    private static final String END = "        // The example ends.\n";

    private ExtendingDocument() {}

    /** Its pieces, in their order. */
    static List<String> pieces() throws IOException {
        return PIECE.matcher(text(PLACE)).results().map(piece -> piece.group(1)).toList();
    }

    /** A class, without its package. */
    static String whole(Class<?> type) throws IOException {
        String text = text(SOURCES.resolve(type.getSimpleName() + ".java"));
        return text.substring(text.indexOf("\n\n") + 2);
    }

    /** What is marked as the example in a method of a class. */
    static String example(Class<?> type) throws IOException {
        String text = whole(type);
        assertThat(text).containsOnlyOnce(BEGIN).containsOnlyOnce(END);
        return text.substring(text.indexOf(BEGIN) + BEGIN.length(), text.indexOf(END))
                .lines()
                .map(line -> line.isEmpty() ? line : line.substring(8))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file).replace("\r\n", "\n");
    }
}
