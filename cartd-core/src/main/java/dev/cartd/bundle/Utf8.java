package dev.cartd.bundle;

/** The length of text in UTF-8. An unpaired surrogate counts as three bytes. */
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

    /** The longest prefix of the text that fits into {@code limit} bytes of UTF-8. */
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
