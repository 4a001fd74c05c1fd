package dev.cartd.bundle;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * What a download is called, inside and outside, made safe: no path separators, quotes or control characters are left,
 * and no text is too long for a header or a directory.
 *
 * @param filename the name to save it under: the top directory's name, and {@code .tar} if that was asked for
 * @param top the name of the tar's top directory: 1 to 200 bytes of UTF-8, not {@code .} or {@code ..}
 */
public record BundleName(String filename, String top) {
    private static final String SUFFIX = ".tar";
    private static final int MAX_BYTES = 200;
    private static final String FORBIDDEN = "/\\\"'";
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("uuuu_MM_dd_HH_mm_ss", Locale.ROOT);

    /**
     * The names that follow from what a client asked for. {@code my.tar} is shown as such and has {@code my} inside;
     * {@code my} is shown without a suffix. Of {@code a/b.tar} becomes {@code a_b.tar}, of {@code ..} and of an empty
     * text {@code data}, of {@code .tar} {@code data.tar}.
     */
    public static BundleName of(String asked) {
        if (asked.endsWith(SUFFIX)) {
            String top = directory(asked.substring(0, asked.length() - SUFFIX.length()));
            return new BundleName(top + SUFFIX, top);
        }
        String top = directory(asked);
        return new BundleName(top, top);
    }

    /** The names for a client that asked for none: {@code data_YYYY_MM_DD_HH_MM_SS.tar}, of this moment there. */
    public static BundleName of(Instant ready, ZoneId zone) {
        return of(LocalDateTime.ofInstant(ready, zone));
    }

    /** The names for a client that asked for none: {@code data_YYYY_MM_DD_HH_MM_SS.tar}, of this local time. */
    public static BundleName of(LocalDateTime ready) {
        return of("data_" + STAMP.format(ready) + SUFFIX);
    }

    /**
     * A text made into a directory's name: separators, quotes, control characters and unpaired surrogates become {@code
     * _}, what is empty, {@code .} or {@code ..} becomes {@code data}, and it is cut at 200 bytes of UTF-8, never
     * within a character.
     */
    public static String directory(String text) {
        // A character has a byte at least, so that more of them are never needed.
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
