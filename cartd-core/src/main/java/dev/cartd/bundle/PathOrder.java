package dev.cartd.bundle;

/**
 * The order of paths in a tar: by the UTF-8 bytes of their names, name by name. That is the order of whole paths by
 * code points if {@code /} is lower than anything else that a name may have.
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

    /** How many characters the two have in common at their beginning. */
    static int mismatch(String left, String right) {
        int end = Math.min(left.length(), right.length());
        int i = 0;
        while (i < end && left.charAt(i) == right.charAt(i)) {
            i++;
        }
        return i;
    }

    // Surrogates stand for code points above all others, but are not the highest UTF-16 units: U+E000 to U+FFFF are.
    private static int rank(char c) {
        if (c == '/') {
            return -1;
        }
        return Character.isSurrogate(c) ? c + 0x10000 : c;
    }
}
