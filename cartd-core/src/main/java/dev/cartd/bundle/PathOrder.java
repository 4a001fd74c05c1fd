package dev.cartd.bundle;

/**
 * The order of paths in a tar: segment by segment, by the UTF-8 bytes of each segment. That equals the order of whole
 * paths by code points, with {@code /} below every other character.
 */
final class PathOrder {
    private PathOrder() {}

    static int compare(String left, String right) {
        int same = mismatch(left, right);
        if (same == left.length() || same == right.length()) {
            return Integer.compare(left.length(), right.length());
        }
        return Integer.compare(rank(left.charAt(same)), rank(right.charAt(same)));
    }

    /** The length of the common prefix in characters. */
    static int mismatch(String left, String right) {
        int end = Math.min(left.length(), right.length());
        int i = 0;
        while (i < end && left.charAt(i) == right.charAt(i)) {
            i++;
        }
        return i;
    }

    // Surrogates stand for the highest code points, but U+E000 to U+FFFF are higher as UTF-16 units.
    private static int rank(char c) {
        if (c == '/') {
            return -1;
        }
        return Character.isSurrogate(c) ? c + 0x10000 : c;
    }
}
