package dev.cartd.bundle;

/** How long text is in UTF-8. An unpaired surrogate counts as the three bytes of the character that replaces it. */
final class Utf8 {
    private Utf8() {}

    static int length(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                bytes++;
            } else {
                int point = text.codePointAt(i);
                bytes += bytes(point);
                i += Character.charCount(point) - 1;
            }
        }
        return bytes;
    }

    /** As many characters of the text, from its beginning, as fit into so many bytes. */
    static String cut(String text, int limit) {
        int bytes = 0;
        int i = 0;
        while (i < text.length()) {
            int point = text.codePointAt(i);
            bytes += bytes(point);
            if (bytes > limit) {
                break;
            }
            i += Character.charCount(point);
        }
        return text.substring(0, i);
    }

    private static int bytes(int point) {
        if (point < 0x80) {
            return 1;
        }
        if (point < 0x800) {
            return 2;
        }
        return point < 0x10000 ? 3 : 4;
    }
}
