package dev.cartd.server.connection;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Passes the path of a request through Jetty unchanged. Jetty refuses paths that it cannot decode or that lead out of
 * the root, but such paths may be uids of carts of Pacifica Cartd.
 */
public final class RawPath {
    private static final Pattern BEFORE_PATH = Pattern.compile("^(?:[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*)?(?=/)");
    private static final Pattern DOT_SEGMENT = Pattern.compile("(?<=/)\\.\\.?(?=/|$)");

    private static final String PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private RawPath() {}

    /** Encodes the target of a request line so that Jetty accepts it; {@link #sent} decodes its path. */
    public static String shield(String target) {
        if (target.equals("*")) {
            return "/*";
        }
        Matcher before = BEFORE_PATH.matcher(target);
        if (!before.find()) {
            return target;
        }
        int begin = before.end();
        int end = begin;
        while (end < target.length() && target.charAt(end) != '?' && target.charAt(end) != '#') {
            end++;
        }
        return target.substring(0, begin) + shieldPath(target.substring(begin, end)) + target.substring(end);
    }

    /**
     * The path as the client sent it, except that dot segments and semicolons, which Jetty would interpret, are
     * percent-encoded.
     */
    public static String sent(String shielded) {
        return shielded.replace("%25", "%");
    }

    /** Decodes the percent escapes of a path; an invalid escape stands for itself. */
    public static String decode(String sent) {
        if (sent.indexOf('%') < 0) {
            return sent;
        }
        byte[] bytes = sent.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream decoded = new ByteArrayOutputStream(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            int code = bytes[i] == '%' ? code(bytes, i + 1) : -1;
            decoded.write(code < 0 ? bytes[i] : code);
            i += code < 0 ? 0 : 2;
        }
        return decoded.toString(StandardCharsets.UTF_8);
    }

    /** Encodes any text as one segment of a path; {@link #decode} decodes it. */
    public static String encode(String text) {
        StringBuilder encoded = new StringBuilder(text.length());
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (PLAIN.indexOf(b) >= 0) {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(HEX.toHexDigits(b));
            }
        }
        return encoded.toString();
    }

    private static String shieldPath(String path) {
        String plain = DOT_SEGMENT
                .matcher(path)
                .replaceAll(dots -> dots.group().replace(".", "%2E"))
                .replace(";", "%3B");
        return plain.replace("%", "%25");
    }

    private static int code(byte[] bytes, int at) {
        if (at + 1 >= bytes.length) {
            return -1;
        }
        int high = Character.digit(bytes[at], 16);
        int low = Character.digit(bytes[at + 1], 16);
        return high < 0 || low < 0 ? -1 : high * 16 + low;
    }
}
