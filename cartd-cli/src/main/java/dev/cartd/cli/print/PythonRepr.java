package dev.cartd.cli.print;

import java.util.Map;
import java.util.stream.Collectors;

/** Texts as Python's {@code repr} shows them: scripts parse the output of Pacifica Cartd's commands. */
public final class PythonRepr {
    private PythonRepr() {}

    /** The representation of a dict. */
    public static String of(Map<String, String> texts) {
        return texts.entrySet().stream()
                .map(entry -> of(entry.getKey()) + ": " + of(entry.getValue()))
                .collect(Collectors.joining(", ", "{", "}"));
    }

    /** The representation of a str: in single quotes, unless it has single quotes and no double ones. */
    static String of(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder shown = new StringBuilder().append(quote);
        text.codePoints().forEach(c -> shown.append(character(c, quote)));
        return shown.append(quote).toString();
    }

    private static String character(int c, char quote) {
        return switch (c) {
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> c == quote ? "\\" + quote : printable(c) ? Character.toString(c) : escaped(c);
        };
    }

    private static boolean printable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> c == ' ';
            default -> true;
        };
    }

    private static String escaped(int c) {
        return c < 0x100
                ? String.format("\\x%02x", c)
                : c < 0x10000 ? String.format("\\u%04x", c) : String.format("\\U%08x", c);
    }
}
