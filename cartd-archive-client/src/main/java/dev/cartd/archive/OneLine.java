package dev.cartd.archive;

/** Text from the archive, made fit for a message of one line. */
final class OneLine {
    private static final int MAX = 300;

    private OneLine() {}

    /** The text without anything that does not show, or that breaks the line, and not longer than people read. */
    static String of(String text) {
        StringBuilder line = new StringBuilder();
        text.strip().codePoints().limit(MAX + 1L).forEach(c -> line.appendCodePoint(shows(c) ? c : ' '));
        return text.strip().codePointCount(0, text.strip().length()) <= MAX
                ? line.toString()
                : line.substring(0, line.offsetByCodePoints(0, MAX)) + "…";
    }

    private static boolean shows(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
