package dev.cartd.archive.http;

/** Makes one line for a message out of any text of the archive. */
public final class OneLine {
    private static final int MAX = 300;

    private OneLine() {}

    /**
     * The text with a space in place of each control, format or line-breaking character, cut to {@value #MAX}
     * characters.
     */
    public static String of(String text) {
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
