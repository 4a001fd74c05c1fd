package dev.cartd.cli.get;

import dev.cartd.cli.print.CartTable;

/** Texts of a server as a terminal may show them. */
final class Shown {
    private static final int MOST = 300;

    private Shown() {}

    /** The text on one line of bounded length, without characters that steer a terminal or turn the text around. */
    static String line(String text) {
        String head = text.codePointCount(0, text.length()) <= MOST
                ? text
                : text.substring(0, text.offsetByCodePoints(0, MOST)) + "…";
        return CartTable.line(head);
    }
}
