package dev.cartd.cli.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The Python literals that a CherryPy file may have: a quoted string, True, False, None, a whole number. */
final class PythonLiteral {
    private static final Pattern STRING = Pattern.compile(
            "[uU]?(?:'([^'\\\\]*+(?:\\\\.[^'\\\\]*+)*+)'|\"([^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\")", Pattern.DOTALL);
    private static final Pattern ESCAPE = Pattern.compile("\\\\(.)", Pattern.DOTALL);

    private PythonLiteral() {}

    /**
     * The value: a String, a Boolean or a Long; empty for None.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    static Optional<Object> read(String text) {
        Matcher string = STRING.matcher(text);
        if (string.matches()) {
            return Optional.of(unescape(string.group(1) != null ? string.group(1) : string.group(2)));
        }
        return switch (text) {
            case "None" -> Optional.empty();
            case "True" -> Optional.of(true);
            case "False" -> Optional.of(false);
            default -> Optional.of(Long.parseLong(text));
        };
    }

    private static String unescape(String text) {
        return ESCAPE.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(
                        switch (found.group(1)) {
                            case "n" -> "\n";
                            case "t" -> "\t";
                            case "\\", "'", "\"" -> found.group(1);
                            default -> found.group();
                        }));
    }
}
