package dev.cartd.cart;

/** Checks texts of clients and archives, and makes them fit for a message of one line. */
final class Text {
    private static final int MAX_QUOTED = 100;

    private Text() {}

    /**
     * Whether the text is a path of printable ASCII without empty segments and without segments that begin with a dot.
     * Nearly all paths and ids are, so that the slower checks are rarely needed.
     */
    static boolean isPlainPath(String text) {
        char before = '/';
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~' || (before == '/' && (c == '/' || c == '.'))) {
                return false;
            }
            before = c;
        }
        return before != '/';
    }

    /** Whether the text has a C0 or C1 control character, or a line or paragraph separator. */
    static boolean hasControl(String text) {
        return text.codePoints().anyMatch(Text::isControl);
    }

    private static boolean isControl(int c) {
        return Character.isISOControl(c) || c == 0x2028 || c == 0x2029;
    }

    /** The text as one line of at most {@code most} characters. */
    static String line(String text, int most) {
        String line = text.codePoints()
                .map(c -> isControl(c) ? ' ' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString()
                .strip();
        return line.codePointCount(0, line.length()) <= most
                ? line
                : line.substring(0, line.offsetByCodePoints(0, most - 1)) + "…";
    }

    /** The text without control characters, cut after {@value #MAX_QUOTED} characters. */
    static String quote(String text) {
        String head = text.length() <= MAX_QUOTED ? text : text.substring(0, MAX_QUOTED) + "…";
        return head.codePoints()
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
