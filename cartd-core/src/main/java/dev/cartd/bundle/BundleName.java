package dev.cartd.bundle;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The file name of a download and the name of the directory at the top of the bundle. The factory methods make both
 * safe: they replace path separators, quotes and control characters, and shorten what is too long for an HTTP header or
 * a directory name. The constructor checks nothing. Immutable.
 *
 * @param filename the file name: the name of the top directory, with {@code .tar} if the client's name ended in it;
 *     that of a zip always ends in {@code .zip}, that of a bag in {@code .tar}
 * @param top the name of the bundle's top directory: 1 to 200 bytes of UTF-8, not {@code .} or {@code ..}
 */
public record BundleName(String filename, String top) {
    private static final String SUFFIX = BundleFormat.TAR.suffix();
    private static final int MAX_BYTES = 200;
    private static final String FORBIDDEN = "/\\\"'";
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("uuuu_MM_dd_HH_mm_ss", Locale.ROOT);

    /**
     * The names for a client that requests a file name. {@code my.tar} gives the file name {@code my.tar} and the top
     * directory {@code my}; {@code my} gives {@code my} for both. {@code a/b.tar} becomes {@code a_b.tar}, {@code ..}
     * and the empty text become {@code data}, and {@code .tar} becomes {@code data.tar}.
     */
    public static BundleName of(String asked) {
        if (asked.endsWith(SUFFIX)) {
            String top = directory(asked.substring(0, asked.length() - SUFFIX.length()));
            return new BundleName(top + SUFFIX, top);
        }
        String top = directory(asked);
        return new BundleName(top, top);
    }

    /**
     * The names for a client that requests a file name for a bundle of this format: for a tar as {@link #of(String)},
     * for a zip {@code my.zip}, {@code my.tar} and {@code my} all give the file name {@code my.zip} and the top
     * directory {@code my}; for a bag they give {@code my.tar}.
     */
    public static BundleName of(String asked, BundleFormat format) {
        if (format == BundleFormat.TAR) {
            return of(asked);
        }
        String bare = asked;
        for (BundleFormat each : BundleFormat.values()) {
            if (asked.endsWith(each.suffix())) {
                bare = asked.substring(0, asked.length() - each.suffix().length());
            }
        }
        String top = directory(bare);
        return new BundleName(top + format.suffix(), top);
    }

    /**
     * The names for a client that requests no file name: {@code data_YYYY_MM_DD_HH_MM_SS.tar}, with the local time of
     * {@code ready} in {@code zone}.
     */
    public static BundleName of(Instant ready, ZoneId zone) {
        return of(LocalDateTime.ofInstant(ready, zone));
    }

    /**
     * The names for a client that requests no file name: {@code data_YYYY_MM_DD_HH_MM_SS.tar}, with this local time.
     */
    public static BundleName of(LocalDateTime ready) {
        return of("data_" + STAMP.format(ready) + SUFFIX);
    }

    /**
     * Turns a text into the name of a directory: separators, quotes, control characters and unpaired surrogates become
     * {@code _}; an empty result, {@code .} and {@code ..} become {@code data}; the result is cut to at most 200 bytes
     * of UTF-8, never within a character.
     */
    public static String directory(String text) {
        // Each character takes at least one byte: more than MAX_BYTES of them are never needed.
        String clean = text.codePoints()
                .limit(MAX_BYTES)
                .map(c -> isForbidden(c) ? '_' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return clean.isEmpty() || clean.equals(".") || clean.equals("..") ? "data" : Utf8.cut(clean, MAX_BYTES);
    }

    private static boolean isForbidden(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE ->
                true;
            default -> FORBIDDEN.indexOf(c) >= 0;
        };
    }
}
