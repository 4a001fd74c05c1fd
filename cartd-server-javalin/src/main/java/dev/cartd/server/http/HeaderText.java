package dev.cartd.server.http;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Encodes any text as the value of a header. */
public final class HeaderText {
    private static final int MAX = 1024;
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private HeaderText() {}

    /**
     * The text as one line of ASCII, at most 1 KB: every byte of its UTF-8 that is not printable ASCII is
     * percent-encoded.
     */
    public static String ascii(String text) {
        StringBuilder line = new StringBuilder();
        for (byte b : text.strip().getBytes(StandardCharsets.UTF_8)) {
            String piece = b >= ' ' && b < 0x7f ? String.valueOf((char) b) : percent(b);
            if (line.length() + piece.length() > MAX) {
                break;
            }
            line.append(piece);
        }
        return line.toString();
    }

    /** The byte percent-encoded, such as {@code %0A}. */
    public static String percent(byte b) {
        return "%" + HEX.toHexDigits(b);
    }
}
